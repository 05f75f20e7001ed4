import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import type { Action } from '@proviso/contracts';
import { useTenant, type Client, type Reply } from './test-api.ts';

const { api, here } = useTenant();

const WRONG = '0'.repeat(64);
const digestOf = ({ preview }: Action): string => createHash('sha256').update(canonicalize(preview)).digest('hex');

describe('a decision for the preview that was shown', () => {
  const decide = (by: Client, id: string, body: object): Promise<Reply> => by.post(`/v1/actions/${id}/approve`, body);

  it('is the digest that any client can compute', async () => {
    const shown = await here.pending();
    expect(shown.card_digest).toBe(digestOf(shown));
  });

  it.each([
    ['approve', {}],
    ['reject', {}],
    ['edit', { edits: { say: 'changed' } }],
  ])('%s stores the digest in the decision and in the log', async (action, more) => {
    const shown = await here.pending();
    const { card_digest } = shown;
    const { body } = await decide(here.owner, shown.action_id, { action, card_digest, ...more });
    expect(body.action.approval).toMatchObject({ decision: action, card_digest });
    const { last } = await api.recorded(shown.action_id);
    expect(last?.data).toMatchObject({ decision: action, card_digest });
    // Edits replace the preview, so that the log keeps what was shown.
    expect((last?.data as { card?: unknown } | undefined)?.card).toEqual(action === 'edit' ? shown.preview : undefined);
    expect(body.action.card_digest === card_digest).toBe(action !== 'edit');
  });

  it('is null in a decision that did not say', async () => {
    const { action_id } = await here.pending();
    expect((await decide(here.owner, action_id, { action: 'approve' })).body.action.approval?.card_digest).toBeNull();
  });

  it.each(['approve', 'reject'])(
    'refuses to %s by the digest of another preview, and decides nothing',
    async (action) => {
      const { action_id } = await here.pending();
      await here.refuses('CONFLICT', () => decide(here.owner, action_id, { action, card_digest: WRONG }), [
        'card_digest',
      ]);
      expect((await api.recorded(action_id)).row).toMatchObject({ status: 'pending_approval', approval: null });
    },
  );

  it('refuses the digest of the version before, and takes the one of the version decided on', async () => {
    const before = await here.pending();
    const { body } = await here.owner.patch(`/v1/actions/${before.action_id}`, { params: { say: 'other' } });
    const { params_hash, card_digest } = body.action;
    const refused = await decide(here.owner, before.action_id, {
      action: 'approve',
      params_hash,
      card_digest: before.card_digest,
    });
    expect(refused.status).toBe(409);
    const decided = await decide(here.owner, before.action_id, { action: 'approve', params_hash, card_digest });
    expect(decided.body.action.approval).toMatchObject({ card_digest });
  });

  it('counts for each action of a bulk decision by itself', async () => {
    const [good, misread] = [await here.pending(), await here.pending()];
    const { body } = await here.owner.post('/v1/actions/approve/bulk', {
      action: 'approve',
      action_ids: [good.action_id, misread.action_id],
      card_digests: { [good.action_id]: good.card_digest, [misread.action_id]: WRONG },
    });
    expect(body.results).toEqual([
      { action_id: good.action_id, ok: true, status: 'approved' },
      { action_id: misread.action_id, ok: false, code: 'CONFLICT' },
    ]);
    expect((await api.recorded(good.action_id)).row.approval).toMatchObject({ card_digest: good.card_digest });
  });
});

describe('the summary of an action', () => {
  it('is the title of a preview whose executor gives none', async () => {
    const { preview } = await here.pending();
    expect(preview?.summary).toBe(preview?.title);
    expect(preview?.summary).not.toBe('');
  });

  it('follows an edit', async () => {
    const params = { title: 'Send the quote' };
    const { action_id, preview } = await here.pending({ type: 'create_task', params });
    expect(preview?.summary).toBe('Task: Send the quote');
    const edits = { title: 'Send the contract' };
    const { body } = await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits });
    expect(body.action.preview?.summary).toBe('Task: Send the contract');
  });

  it('does not send a preview from before there were summaries back to its reviewer', async () => {
    const { action_id } = await here.pending();
    await api.world.setAction(action_id, `preview = preview - 'summary'`);
    expect((await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' })).status).toBe(200);
    expect((await api.recorded(action_id)).row.status).toBe('approved');
  });
});
