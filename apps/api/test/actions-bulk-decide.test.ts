import { newId, formatId } from '@proviso/core';
import { clientOf, pathsOf, uuidOf, useTenant, type Client, type Reply } from './test-api.ts';

describe('POST /v1/actions/approve/bulk', () => {
  const { api, here } = useTenant();
  const bulk = (by: Client, body: object): Promise<Reply> => by.post('/v1/actions/approve/bulk', body);
  const several = async (count: number): Promise<string[]> => {
    const actions = await Promise.all(Array.from({ length: count }, () => here.pending()));
    return actions.map(({ action_id }) => action_id);
  };

  it.each([
    ['approve', 'approved', 'action.approved'],
    ['reject', 'rejected', 'action.rejected'],
    ['edit', 'approved', 'action.approved'],
  ])('can %s many, each with its own event', async (action, status, event) => {
    const action_ids = await several(3);
    const edits = action === 'edit' ? { edits: { say: 'edited' } } : {};
    const { body } = await bulk(here.owner, { action, action_ids, comment: 'all', ...edits });
    expect(body).toMatchObject({ status: 'success', processed: 3, failed: [] });
    expect(body.results).toEqual(action_ids.map((action_id) => ({ action_id, ok: true, status })));
    for (const id of action_ids) {
      const { row, last } = await api.recorded(id);
      expect(row).toMatchObject({
        status,
        approval: { decision: action, comment: 'all' },
        user_edits: edits.edits ?? null,
      });
      expect(last).toMatchObject({ event, data: { comment: 'all' } });
    }
  });

  it('refuses a malformed id and decides nothing', async () => {
    const { action_id } = await here.pending();
    await here.refuses(
      'INVALID',
      () => bulk(here.owner, { action: 'approve', action_ids: [action_id, 'act_nonsense'] }),
      ['action_ids'],
    );
  });

  it('decides each independently: failures of every kind leave the others alone, in the order of the request', async () => {
    const there = await api.tenant();
    const good = await here.pending();
    const last = await here.pending();
    const theirs = await there.pending();
    const decided = await here.pending();
    await here.owner.post(`/v1/actions/${decided.action_id}/reject`);
    const scheduled = await here.propose();
    const changed = await here.pending();
    await here.owner.patch(`/v1/actions/${changed.action_id}`, { params: { say: 'changed' } });
    const misread = await here.pending();
    const expired = await here.pending();
    await api.world.setAction(expired.action_id, "expires_at = now() - interval '1 s'");
    const gone = await here.identity('internal');
    const unfit = await here.pending({ identity_id: gone });
    await here.owner.patch(`/v1/identities/${gone}`, { status: 'disabled' });
    const nowhere = formatId('action', newId());

    const expected = [
      [good.action_id, undefined],
      [theirs.action_id, 'NOT_FOUND'],
      [nowhere, 'NOT_FOUND'],
      [decided.action_id, 'INVALID_STATE'],
      [scheduled.action_id, 'INVALID_STATE'],
      [changed.action_id, 'CONFLICT'],
      [misread.action_id, 'CONFLICT'],
      [expired.action_id, 'INVALID_STATE'],
      [unfit.action_id, 'INVALID'],
      [last.action_id, undefined],
    ] as const;
    const { status, body } = await bulk(here.owner, {
      action: 'approve',
      action_ids: expected.map(([id]) => id),
      params_hashes: { [misread.action_id]: '0'.repeat(64), [good.action_id]: good.params_hash },
    });
    expect(status).toBe(200);
    expect(body.processed).toBe(2);
    expect(body.results).toEqual(
      expected.map(([action_id, code]) =>
        code ? { action_id, ok: false, code } : { action_id, ok: true, status: 'approved' },
      ),
    );
    const failing = expected.flatMap(([action_id, code]) =>
      code ? [{ action_id, code, error: expect.any(String) }] : [],
    );
    expect(body.failed).toEqual(failing);
    expect((await api.recorded(theirs.action_id)).row.status).toBe('pending_approval');
    for (const id of [changed, misread, expired, unfit].map(({ action_id }) => action_id))
      expect((await api.recorded(id)).row).toMatchObject({ status: 'pending_approval', approval: null });
  });

  describe('refuses the whole request and decides nothing', () => {
    it.each<[string, (ids: string[]) => object, string]>([
      ['an id twice', ([a]) => ({ action: 'approve', action_ids: [a, a] }), 'action_ids'],
      [
        'an id twice, in its two forms',
        ([a = '']) => ({ action: 'approve', action_ids: [a, uuidOf(a)] }),
        'action_ids',
      ],
      ['no ids', () => ({ action: 'approve', action_ids: [] }), 'action_ids'],
      [
        'more than 1000 ids',
        () => ({ action: 'reject', action_ids: Array.from({ length: 1001 }, () => newId()) }),
        'action_ids',
      ],
      ['a number for an id', ([a]) => ({ action: 'reject', action_ids: [a, 7] }), 'action_ids.1'],
      ['one id instead of a list', ([a]) => ({ action: 'reject', action_ids: a }), 'action_ids'],
      ['edit without edits', ([a]) => ({ action: 'edit', action_ids: [a] }), 'edits'],
      ['edits beside approve', ([a]) => ({ action: 'approve', action_ids: [a], edits: { say: 'x' } }), 'edits'],
      ['an unknown field', ([a]) => ({ action: 'reject', action_ids: [a], force: true }), 'force'],
      [
        'a hash that is none',
        ([a = '']) => ({ action: 'reject', action_ids: [a], params_hashes: { [a]: 'x' } }),
        'params_hashes',
      ],
      [
        'a hash for an action that is not among the ids',
        ([a]) => ({ action: 'approve', action_ids: [a], params_hashes: { [newId()]: '0'.repeat(64) } }),
        'params_hashes',
      ],
      [
        'a digest for an action that is not among the ids',
        ([a]) => ({ action: 'approve', action_ids: [a], card_digests: { [newId()]: '0'.repeat(64) } }),
        'card_digests',
      ],
    ])('%s', async (_, body, path) => {
      const ids = await several(1);
      const refused = await here.refuses('INVALID', () => bulk(here.owner, body(ids)));
      expect(pathsOf(refused).join()).toContain(path);
    });

    it('one edit for two types', async () => {
      const one = await here.pending();
      const other = await here.pending({ type: 'probe_transactional' });
      const body = { action: 'edit', action_ids: [one.action_id, other.action_id], edits: { say: 'x' } };
      await here.refuses('INVALID', () => bulk(here.owner, body), ['action_ids']);
    });
  });

  it('decides each action once when two bulks race over the same fifty', async () => {
    const ids = await several(50);
    const replies = await Promise.all([
      bulk(here.owner, { action: 'approve', action_ids: ids }),
      bulk(here.owner, { action: 'reject', action_ids: [...ids].reverse() }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(replies.reduce((sum, { body }) => sum + body.processed, 0)).toBe(50);
    expect(replies.reduce((sum, { body }) => sum + body.failed.length, 0)).toBe(50);
    for (const id of ids) {
      const { row, trail } = await api.recorded(id);
      expect(row.version).toBe(2);
      expect(trail).toHaveLength(2);
    }
  }, 30_000);

  it('matches each hash with its action, in either form of the id', async () => {
    const [id = ''] = await several(1);
    const body = { action: 'approve', action_ids: [id], params_hashes: { [uuidOf(id)]: '0'.repeat(64) } };
    expect((await bulk(here.owner, body)).body.results).toEqual([{ action_id: id, ok: false, code: 'CONFLICT' }]);
    expect((await api.recorded(id)).row.status).toBe('pending_approval');
  });

  it('answers more bulks at once than there are database connections', async () => {
    const batches = await Promise.all(Array.from({ length: 6 }, () => several(3)));
    const owner = clientOf(await api.another({ db: api.database({ poolMax: 2 }) }), await here.token({}));
    const replies = await Promise.all(batches.map((action_ids) => bulk(owner, { action: 'approve', action_ids })));
    expect(replies.map(({ status, body }) => [status, body.processed])).toEqual(batches.map(() => [200, 3]));
  });

  /** A thousand that wait, all but the first of them copies. */
  async function thousand(): Promise<string[]> {
    const [model = ''] = await several(1);
    await api.world.db.pool.query(
      `with made as (
         insert into actions select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid()))).*
         from actions a, generate_series(1, 999) where a.id = $1 returning *)
       insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
       select id, 1, workspace_id, 'action.created', status, created_by, '{}', created_at from made`,
      [uuidOf(model)],
    );
    const rows = await api.world.db.tables.actions.findMany({ where: { workspace_id: here.id }, select: { id: true } });
    return rows.map(({ id }) => formatId('action', id));
  }

  it('decides a thousand while others decide a hundred of them: one decision each', async () => {
    const ids = await thousand();
    const [reply, ...others] = await Promise.all([
      bulk(here.owner, { action: 'approve', action_ids: ids }),
      ...ids.slice(-100).map((id) => here.owner.post(`/v1/actions/${id}/reject`)),
    ]);
    const rejected = others.filter(({ status }) => status === 200).length;
    expect(reply.body.processed + reply.body.failed.length).toBe(1000);
    expect(reply.body.processed + rejected).toBe(1000);
    const decisions = { workspace_id: here.id, event: { in: ['action.approved', 'action.rejected'] } };
    const events = await api.world.db.tables.action_events.findMany({ where: decisions });
    expect(new Set(events.map(({ action_id }) => action_id)).size).toBe(1000);
    expect(events).toHaveLength(1000);
    expect(await api.world.db.tables.actions.count({ where: { workspace_id: here.id, status: 'approved' } })).toBe(
      reply.body.processed,
    );
  }, 60_000);
});
