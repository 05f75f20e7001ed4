import { inFuture, join, uuidOf, type Client, type Reply, useTenant } from './test-api.ts';

const snooze = (by: Client, id: string, until: string | null, headers?: Record<string, string>): Promise<Reply> =>
  by.post(`/v1/actions/${id}/snooze`, { until }, headers);
const listed = async (by: Client, snoozed: 'true' | 'false'): Promise<string[]> =>
  (await by.get('/v1/actions', { snoozed })).body.actions.map(({ action_id }) => action_id);
const snoozes = async (by: Client) =>
  ((await by.get('/v1/snoozes')).body as unknown as { snoozes: { action_id: string; until: string | null }[] }).snoozes;

describe('a snooze', () => {
  const { api, here } = useTenant();

  it('hides the action from the list of one person, and from nobody else’s', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const until = inFuture();
    const { status, body } = await snooze(ann.by, action_id, until);
    expect([status, body]).toEqual([200, { status: 'success', snooze: { action_id, until } }]);
    expect([await listed(ann.by, 'false'), await listed(ann.by, 'true')]).toEqual([[], [action_id]]);
    expect([await listed(here.owner, 'false'), await listed(here.owner, 'true')]).toEqual([[action_id], []]);
    expect([await snoozes(ann.by), await snoozes(here.owner)]).toEqual([[{ action_id, until }], []]);
    expect((await here.owner.get(`/v1/actions/${action_id}`)).body.action.version).toBe(1);
    const key = await here.client({ key: true });
    expect([await listed(key, 'false'), await listed(key, 'true')]).toEqual([[action_id], []]);
  });

  it('ends at its time, by the database’s clock', async () => {
    const { action_id } = await here.pending();
    await snooze(here.owner, action_id, inFuture());
    await api.world.db.pool.query(`update snoozes set until = clock_timestamp() where action_id = $1`, [
      uuidOf(action_id),
    ]);
    expect([await listed(here.owner, 'false'), await snoozes(here.owner)]).toEqual([[action_id], []]);
  });

  it('ends when the proposal changes, and with DELETE', async () => {
    const { action_id } = await here.pending();
    await snooze(here.owner, action_id, null);
    expect(await listed(here.owner, 'false')).toEqual([]);
    await here.owner.patch(`/v1/actions/${action_id}`, { description: 'Now with a reason' });
    expect([await listed(here.owner, 'false'), await snoozes(here.owner)]).toEqual([[action_id], []]);
    await snooze(here.owner, action_id, null);
    for (const _ of [1, 2])
      expect((await here.owner.delete(`/v1/actions/${action_id}/snooze`)).body).toEqual({
        status: 'success',
        action_id,
      });
    expect(await listed(here.owner, 'false')).toEqual([action_id]);
  });

  it('may be moved, and ends with the membership', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const key = { 'Idempotency-Key': 'once' };
    const first = await snooze(ann.by, action_id, inFuture(), key);
    await snooze(ann.by, action_id, null);
    expect((await snooze(ann.by, action_id, first.text.match(/"until":"([^"]+)"/)?.[1] ?? '', key)).text).toBe(
      first.text,
    );
    expect(await snoozes(ann.by)).toEqual([{ action_id, until: null }]);
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await api.world.db.tables.snoozes.count({ where: { action_id: uuidOf(action_id) } })).toBe(0);
  });

  it('until the past, of a decided action, or of another workspace’s is refused', async () => {
    const there = await api.tenant();
    const { action_id } = await here.pending();
    await here.refuses('INVALID', () => snooze(here.owner, action_id, inFuture(-1_000)), ['until']);
    await here.refuses('NOT_FOUND', () => snooze(there.owner, action_id, null));
    await here.owner.post(`/v1/actions/${action_id}/reject`, {});
    await here.refuses('INVALID_STATE', () => snooze(here.owner, action_id, null));
  });
});
