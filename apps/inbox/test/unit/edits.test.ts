import { editFieldsOf } from '../../src/edit/edit-fields.ts';
import { editsOf, editsOfParams } from '../../src/edit/edits.ts';

const edited = (type: string, params: Parameters<typeof editsOf>[0], draft: Record<string, string>) =>
  editsOf(params, editFieldsOf({ type, params }), draft);

describe('the edits of a form', () => {
  const mail = { email: 'ada@example.com', cc: ['one@example.com'], subject: 'Hello', message: 'Dear Ada' };

  it('hold only what was changed', () => {
    const { edits, changes } = edited('email_message', mail, { subject: 'Hello again', message: 'Dear Ada' });
    expect(edits).toEqual({ subject: 'Hello again' });
    expect(changes).toMatchObject([{ before: 'Hello', after: 'Hello again' }]);
  });

  it('take an emptied field out', () => {
    expect(edited('email_message', mail, { cc: ' ' }).edits).toEqual({ cc: null });
  });

  it('keep a list a list, and one address a text', () => {
    expect(edited('email_message', mail, { cc: 'two@example.com', bcc: 'three@example.com' }).edits).toEqual({
      cc: ['two@example.com'],
      bcc: 'three@example.com',
    });
    expect(edited('email_message', mail, { bcc: 'a@example.com; b@example.com' }).edits).toEqual({
      bcc: ['a@example.com', 'b@example.com'],
    });
  });

  it('keep the types of a tool’s own fields', () => {
    const params = { amount: 4800, note: 'x', urgent: false, lines: [{ sku: 'A' }] };
    const draft = { amount: '35.5', urgent: 'true', lines: '[{"sku":"B"}]' };
    expect(edited('refund', params, draft).edits).toEqual({ amount: 35.5, urgent: true, lines: [{ sku: 'B' }] });
    expect(edited('refund', params, { amount: 'many', lines: '[' }).faults).toEqual({
      amount: 'number',
      lines: 'json',
    });
  });

  it('take names that every object has as names', () => {
    const params = { constructor: 'x', toString: 'y' };
    for (const type of ['constructor', '__proto__', 'toString']) {
      expect(editFieldsOf({ type, params }).map(({ name }) => name)).toEqual(['constructor', 'toString']);
      expect(edited(type, params, { toString: 'z' }).edits).toEqual({ toString: 'z' });
    }
    expect(editsOfParams(params, { constructor: 'x' }).edits).toEqual({ toString: null });
  });

  it('send an object of named values whole, with the one that was changed', () => {
    const params = { contact_id: 'ct_1', properties: { title: 'Dr', size: 5 } };
    expect(edited('update_contact', params, { 'properties.size': '6' }).edits).toEqual({
      properties: { title: 'Dr', size: 6 },
    });
    expect(edited('update_contact', params, { 'properties.size': '' }).edits).toEqual({ properties: { title: 'Dr' } });
  });

  it('send each param that a schema’s form changed, whole, and null for one that is gone', () => {
    const before = { order: 'A-1', amount: 5, lines: [{ id: 1 }], note: 'x' };
    const after = { lines: [{ id: 1 }], order: 'A-1', amount: 6 };
    const { edits, changes } = editsOfParams(before, after);
    expect(edits).toEqual({ amount: 6, note: null });
    expect(changes).toMatchObject([
      { field: { name: 'amount' }, before: 5, after: 6 },
      { field: { name: 'note' }, before: 'x', after: null },
    ]);
  });
});
