import type { Approval } from '@proviso/contracts';
import { escalateToHuman } from '../../src/index.ts';
import { ACME, ADA, lookupContext, recordsOf } from '../records.ts';

const approval: Approval = {
  decision: 'edit',
  by: { kind: 'api_key', id: 'key_1', name: 'Rita' },
  comment: 'Be kind.',
  at: '2026-01-01T00:00:00.000Z',
  edits: { answer: 'yes' },
  via: 'api',
  card_digest: null,
};

const run = (params: object, decided: Approval | null) =>
  escalateToHuman.execute({
    action: { id: 'act_1', workspaceId: 'w', params: { reason: 'May I?', ...params }, attempt: 1, approval: decided },
    records: recordsOf(),
    identity: null,
    credentials: null,
    key: 'k',
    signal: new AbortController().signal,
    begin: async () => undefined,
  });

describe('escalate_to_human', () => {
  it.each<[string, object]>([
    ['no reason', { reason: '' }],
    ['the id of another kind', { reason: 'x', contact_id: ACME }],
    ['no option among options', { reason: 'x', options: [] }],
    ['an option twice', { reason: 'x', options: ['a', 'a'] }],
    ['an answer that is not among the options', { reason: 'x', options: ['a', 'b'], answer: 'c' }],
    ['an empty answer', { reason: 'x', answer: '' }],
  ])('refuses %s', (_, params) => {
    expect(escalateToHuman.params.safeParse(params).success).toBe(false);
  });

  it('always asks, and leaves the answer to the reviewer', () => {
    expect(escalateToHuman).toMatchObject({ alwaysAsks: true, reviewerFields: ['answer'] });
  });

  it('refuses at the proposal a contact that the workspace does not have', async () => {
    const lookup = lookupContext({ contacts: [] });
    await expect(escalateToHuman.resolve?.({ reason: 'x', contact_id: ADA }, lookup)).rejects.toMatchObject({
      details: [{ path: 'params.contact_id' }],
    });
  });

  it('shows the question, its options and the answer', () => {
    const params = { reason: 'May I?', contact_id: ADA, options: ['yes', 'no'], answer: 'no' };
    expect(escalateToHuman.preview(params, { identity: null })).toEqual({
      title: 'A question for a person',
      fields: [
        { label: 'Contact', value: ADA },
        { label: 'Options', value: ['yes', 'no'] },
        { label: 'Answer', value: 'no' },
      ],
      body: { text: 'May I?' },
    });
  });

  it.each<[object, string | null, boolean]>([
    [{ options: ['yes', 'no'] }, null, false],
    [{ options: ['yes', 'no'] }, '  ', false],
    [{ options: ['yes', 'no'] }, 'Neither.', true],
    [{ options: ['yes', 'no'], answer: 'no' }, null, true],
    [{}, null, true],
  ])('with %j and the comment %j is decided: %s', (params, comment, isDecided) => {
    const fault = escalateToHuman.approvalFault?.({ reason: 'May I?', ...params }, { comment });
    expect(fault === undefined).toBe(isDecided);
  });

  it('reports the answer and the person', async () => {
    const by = approval.by;
    const result = { answer: 'yes', comment: 'Be kind.', by };
    expect(await run({ answer: 'yes' }, approval)).toEqual({ kind: 'done', result });
    const silent = { answer: null, comment: null, by };
    expect(await run({}, { ...approval, comment: null })).toEqual({ kind: 'done', result: silent });
  });

  it('has no answer without a decision', async () => {
    expect(await run({ answer: 'yes' }, null)).toMatchObject({ kind: 'refused' });
  });
});
