import { createNote } from '../../src/index.ts';
import { ACME, ADA, lookupContext, recordsOf } from '../records.ts';

const lookup = lookupContext();
const approvedAt = new Date();

describe('create_note params', () => {
  it.each([
    ['empty content', { content: '', contact_id: ADA }],
    ['content beyond 65536 characters', { content: 'x'.repeat(65_537), contact_id: ADA }],
    ['neither contact nor company', { content: 'x' }],
    ['both contact and company', { content: 'x', contact_id: ADA, company_id: ACME }],
    ['the id of another kind', { content: 'x', contact_id: ACME }],
    ['an unknown field', { content: 'x', contact_id: ADA, colour: 'red' }],
  ])('refuse %s', (_name, params) => {
    expect(createNote.params.safeParse(params).success).toBe(false);
  });

  it('turn a bare UUID into the TypeID, so a contact always has the same hash', () => {
    const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(createNote.params.parse({ content: 'x', contact_id: uuid })).toEqual({ content: 'x', contact_id: ADA });
  });
});

describe('create_note', () => {
  it.each([
    ['contact_id', { content: 'x', contact_id: 'ct_01h455vb4pex5vsknk084sn0zz' }],
    ['company_id', { content: 'x', company_id: 'co_01h455vb4pex5vsknk084sn0zz' }],
  ])('refuses at create a %s that the workspace does not have', async (field, params) => {
    await expect(createNote.resolve?.(params, lookup)).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path: `params.${field}` }],
    });
  });

  it('is refused by the guard when its contact is gone', async () => {
    const params = { content: 'x', contact_id: ADA };
    expect(await createNote.guard?.(params, { ...lookup, approvedAt })).toEqual({ kind: 'ok' });
    const records = recordsOf({ contacts: [] });
    expect(await createNote.guard?.(params, { ...lookup, records, approvedAt })).toMatchObject({
      kind: 'refused',
    });
  });

  it('shows the whole note for review', () => {
    expect(createNote.preview({ content: 'Called back.', contact_id: ADA }, { identity: null })).toEqual({
      title: 'Note on a contact',
      fields: [{ label: 'Contact', value: ADA }],
      body: { text: 'Called back.' },
    });
  });

  it('writes nothing before the transaction that completes it, and adds the id to the result there', async () => {
    const records = recordsOf();
    const outcome = await createNote.execute({
      action: {
        id: 'act_1',
        workspaceId: 'w',
        params: { content: 'Called back.', company_id: ACME },
        attempt: 1,
        approval: null,
      },
      records,
      identity: null,
      credentials: null,
      key: 'k',
      signal: new AbortController().signal,
      begin: async () => undefined,
    });
    expect(records.written.notes).toEqual([]);
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    expect(await outcome.write?.(records)).toEqual({ note_id: 'note_1' });
    expect(records.written.notes).toEqual([{ content: 'Called back.', contactId: null, companyId: ACME }]);
  });
});
