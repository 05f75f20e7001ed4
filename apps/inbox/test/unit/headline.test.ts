import type { Preview } from '@proviso/contracts';
import { headlineOf } from '../../src/waiting/headline.ts';
import { anAction } from './an-action.ts';

const told = (type: string, preview: Partial<Preview>) => {
  const { title, detail } = headlineOf(anAction({ type, preview: { title: 'Drawn', fields: [], ...preview } }));
  return detail ? `${title} · ${detail}` : title;
};

describe('a row’s headline', () => {
  it('names what happens and to whom, for each kind', () => {
    const subject = { label: 'Subject', value: 'Hello' };
    const contact = { label: 'Contact', value: 'Ada' };
    expect(told('email_message', { title: 'Email to ada@example.com', fields: [subject] })).toBe(
      'Email to ada@example.com · Hello',
    );
    expect(told('escalate_to_human', { body: { text: 'What may I offer?\n\n50 seats.' } })).toBe('What may I offer?');
    expect(told('create_note', { fields: [contact], body: { text: 'A quote' } })).toBe('Note on Ada · A quote');
    const stage = { label: 'Lifecycle stage', value: 'customer', before: null };
    expect(told('update_lifecycle_stage', { fields: [contact, stage] })).toBe('Ada: ∅ → customer');
    const property = { label: 'properties["size"]', value: 120, before: 80 };
    expect(told('update_contact', { fields: [contact, property] })).toBe('Ada: size 80 → 120');
    expect(told('some_tool', { body: { html: '<p>Whole</p><p>text</p>' } })).toBe('Drawn · Whole text');
  });

  it('has the type where nothing is drawn', () => {
    expect(headlineOf(anAction({ type: 'some_tool', preview: null })).title).toBe('some_tool');
  });
});
