import { join, uuidOf, type Api, type Client, type Reply, useTenant } from './test-api.ts';

const comment = (by: Client, id: string, text: string, headers?: Record<string, string>): Promise<Reply> =>
  by.post(`/v1/actions/${id}/comments`, { comment: text }, headers);

/** Comments that are there already, written that long ago. */
async function comments(
  { world }: Api,
  actionId: string,
  { count, ago }: { count: number; ago: string },
): Promise<void> {
  const id = uuidOf(actionId);
  const { version } = await world.db.tables.actions.findUniqueOrThrow({ where: { id } });
  await world.db.pool.query(
    `insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
     select action_id, $2::int + n, workspace_id, 'action.commented', status,
       (select actor from action_events where action_id = $1 and version = 1), '{}', now() - $4::interval
     from action_events, generate_series(1, $3::int) n where action_id = $1 and version = 1`,
    [id, version, count, ago],
  );
  await world.db.pool.query('update actions set version = version + $2 where id = $1', [id, count]);
}

describe('a comment', () => {
  const { api, here } = useTenant();

  it('is an entry in the log that people and the agent read, and changes nothing else', async () => {
    const agent = await here.client({ agent: 'bot' });
    const { action_id } = await here.pending({}, agent);
    const before = (await api.recorded(action_id)).row;
    const ann = await join(api, here.owner, 'reviewer');
    expect((await comment(ann.by, action_id, 'Ask Ada first.')).status).toBe(200);
    for (const by of [agent, here.owner])
      expect((await by.get(`/v1/actions/${action_id}`)).body.action.logs.at(-1)).toMatchObject({
        event: 'action.commented',
        actor: { kind: 'member', name: 'Ann' },
        data: { comment: 'Ask Ada first.' },
      });
    const { row } = await api.recorded(action_id);
    expect(row).toEqual({ ...before, version: before.version + 1, updated_at: row.updated_at });
  });

  it('can be written on an action that has ended', async () => {
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/reject`, {});
    const { status, body } = await comment(here.owner, action_id, 'As discussed.');
    expect([status, body.action.status]).toEqual([200, 'rejected']);
  });

  it('that is empty, too long or for another workspace’s action is refused', async () => {
    const there = await api.tenant();
    const { action_id } = await here.pending();
    for (const text of ['', 'x'.repeat(5_001)]) {
      await here.refuses('INVALID', () => comment(here.owner, action_id, text), ['comment']);
    }
    await here.refuses('NOT_FOUND', () => comment(there.owner, action_id, 'x'));
  });

  it('is written once for one Idempotency-Key', async () => {
    const { action_id } = await here.pending();
    const key = { 'Idempotency-Key': 'once' };
    const first = await comment(here.owner, action_id, 'x', key);
    expect((await comment(here.owner, action_id, 'x', key)).text).toBe(first.text);
    expect((await api.recorded(action_id)).trail).toEqual(['action.created', 'action.commented']);
  });

  it('is one of at most 200 on an action, also when several are written at the same time', async () => {
    const { action_id } = await here.pending();
    await comments(api, action_id, { count: 198, ago: '1 hour' });
    const statuses = await Promise.all([1, 2, 3, 4].map((n) => comment(here.owner, action_id, `${n}`)));
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409]);
    const { trail } = await api.recorded(action_id);
    expect(trail.filter((event) => event === 'action.commented')).toHaveLength(200);
  });

  it('is one of at most 20 a minute by one person on an action', async () => {
    const { action_id } = await here.pending();
    await comments(api, action_id, { count: 19, ago: '1 second' });
    expect((await comment(here.owner, action_id, 'The last')).status).toBe(200);
    const { status, body } = await comment(here.owner, action_id, 'One more');
    expect([status, body.code]).toEqual([429, 'RATE_LIMITED']);
    const ann = await join(api, here.owner, 'reviewer');
    expect((await comment(ann.by, action_id, 'By somebody else')).status).toBe(200);
  });
});
