import {
  join,
  pathsOf,
  userIdOf,
  type Client,
  type Reply,
  useTenant,
  uuidOf,
  type Api,
  inFuture,
  clientOf,
} from './test-api.ts';
import { until } from '@proviso/testing';

const { api, here } = useTenant();

const assign = (by: Client, id: string, user_id: string | null): Promise<Reply> =>
  by.post(`/v1/actions/${id}/assign`, { user_id });
const listed = async (by: Client, assignee: string): Promise<string[]> =>
  (await by.get('/v1/actions', { assignee, sort_dir: 'asc' })).body.actions.map(({ action_id }) => action_id);

describe('assigning an action', () => {
  it('shows the member on the action and in its log, and keeps it open to everybody who may decide', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const assignee = { kind: 'member', id: ann.user_id, name: 'Ann' };
    const { status, body } = await assign(here.owner, action_id, ann.user_id);
    expect([status, body.action]).toEqual([200, expect.objectContaining({ status: 'pending_approval', assignee })]);
    expect((await api.recorded(action_id)).last).toMatchObject({ event: 'action.assigned', data: { assignee } });
    expect((await assign(ann.by, action_id, null)).body.action).toMatchObject({ assignee: null });
    await assign(here.owner, action_id, ann.user_id);
    const decided = await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
    expect(decided.body.action).toMatchObject({ status: 'approved', assignee });
  });

  it('filters a list by me, by a member, by nobody, and by several of these', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    const ownerId = await userIdOf(here.owner);
    const [mine, hers, free] = [await here.pending(), await here.pending(), await here.pending()].map(
      ({ action_id }) => action_id,
    );
    await assign(here.owner, mine ?? '', ownerId);
    await assign(here.owner, hers ?? '', ann.user_id);
    expect(await listed(here.owner, 'me')).toEqual([mine]);
    expect(await listed(ann.by, 'me')).toEqual([hers]);
    expect(await listed(here.owner, ann.user_id)).toEqual([hers]);
    expect(await listed(here.owner, 'none')).toEqual([free]);
    expect(await listed(here.owner, 'me,none')).toEqual([mine, free]);
    const key = await here.client({ key: true });
    expect(pathsOf((await key.get('/v1/actions', { assignee: 'me' })).body)).toEqual(['assignee']);
    expect(await listed(key, ann.user_id)).toEqual([hers]);
  });

  it('refuses a viewer, a stranger and a malformed id as the assignee, and changes nothing', async () => {
    const { action_id } = await here.pending();
    const viewer = await join(api, here.owner, 'viewer');
    const elsewhere = await userIdOf((await api.tenant()).owner);
    for (const user_id of [viewer.user_id, elsewhere, 'usr_1']) {
      await here.refuses('INVALID', () => assign(here.owner, action_id, user_id), ['user_id']);
    }
  });

  it('refuses an action that does not wait', async () => {
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/reject`, {});
    await here.refuses('INVALID_STATE', () => assign(here.owner, action_id, null));
  });

  it('can choose among the members who may decide, without their addresses', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    await join(api, here.owner, 'viewer');
    const { body, text } = await ann.by.get('/v1/reviewers');
    const { reviewers } = body as unknown as { reviewers: object[] };
    expect(reviewers).toHaveLength(2);
    expect(reviewers).toContainEqual({ user_id: ann.user_id, name: 'Ann', role: 'reviewer' });
    expect(text).not.toContain('@');
  });
});

const comment = (by: Client, id: string, text: string): Promise<Reply> =>
  by.post(`/v1/actions/${id}/comments`, { comment: text });

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

  it('that is empty or too long is refused', async () => {
    const { action_id } = await here.pending();
    for (const text of ['', 'x'.repeat(5_001)])
      await here.refuses('INVALID', () => comment(here.owner, action_id, text), ['comment']);
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

const snooze = (by: Client, id: string, end: string | null): Promise<Reply> =>
  by.post(`/v1/actions/${id}/snooze`, { until: end });
const listedWhere = async (by: Client, snoozed: 'true' | 'false'): Promise<string[]> =>
  (await by.get('/v1/actions', { snoozed })).body.actions.map(({ action_id }) => action_id);
const snoozes = async (by: Client) =>
  ((await by.get('/v1/snoozes')).body as unknown as { snoozes: { action_id: string; until: string | null }[] }).snoozes;

describe('a snooze', () => {
  it('hides the action from the list of one person, and from nobody else’s', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const end = inFuture();
    const { status, body } = await snooze(ann.by, action_id, end);
    expect([status, body]).toEqual([200, { status: 'success', snooze: { action_id, until: end } }]);
    expect([await listedWhere(ann.by, 'false'), await listedWhere(ann.by, 'true')]).toEqual([[], [action_id]]);
    expect([await listedWhere(here.owner, 'false'), await listedWhere(here.owner, 'true')]).toEqual([[action_id], []]);
    expect([await snoozes(ann.by), await snoozes(here.owner)]).toEqual([[{ action_id, until: end }], []]);
    expect((await here.owner.get(`/v1/actions/${action_id}`)).body.action.version).toBe(1);
    const key = await here.client({ key: true });
    expect([await listedWhere(key, 'false'), await listedWhere(key, 'true')]).toEqual([[action_id], []]);
  });

  it('ends at its time, by the database’s clock', async () => {
    const { action_id } = await here.pending();
    await snooze(here.owner, action_id, inFuture());
    await api.world.db.pool.query(`update snoozes set until = clock_timestamp() where action_id = $1`, [
      uuidOf(action_id),
    ]);
    expect([await listedWhere(here.owner, 'false'), await snoozes(here.owner)]).toEqual([[action_id], []]);
  });

  it('ends when the proposal changes, and with DELETE', async () => {
    const { action_id } = await here.pending();
    await snooze(here.owner, action_id, null);
    expect(await listedWhere(here.owner, 'false')).toEqual([]);
    await here.owner.patch(`/v1/actions/${action_id}`, { description: 'Now with a reason' });
    expect([await listedWhere(here.owner, 'false'), await snoozes(here.owner)]).toEqual([[action_id], []]);
    await snooze(here.owner, action_id, null);
    for (const _ of [1, 2])
      expect((await here.owner.delete(`/v1/actions/${action_id}/snooze`)).body).toEqual({
        status: 'success',
        action_id,
      });
    expect(await listedWhere(here.owner, 'false')).toEqual([action_id]);
  });

  it('may be moved, and ends with the membership', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    await snooze(ann.by, action_id, inFuture());
    await snooze(ann.by, action_id, null);
    expect(await snoozes(ann.by)).toEqual([{ action_id, until: null }]);
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await api.world.db.tables.snoozes.count({ where: { action_id: uuidOf(action_id) } })).toBe(0);
  });

  it('until the past, or of a decided action, is refused', async () => {
    const { action_id } = await here.pending();
    await here.refuses('INVALID', () => snooze(here.owner, action_id, inFuture(-1_000)), ['until']);
    await here.owner.post(`/v1/actions/${action_id}/reject`, {});
    await here.refuses('INVALID_STATE', () => snooze(here.owner, action_id, null));
  });
});

const report = async (by: Client, id: string): Promise<string[]> => {
  const { status, text, body } = await by.post(`/v1/actions/${id}/readers`, {});
  if (status !== 200) throw new Error(text);
  return (body as unknown as { readers: { name: string }[] }).readers.map(({ name }) => name);
};

describe('who is reading an action', () => {
  it('is told to each of the others through any api, and locks nothing', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    expect(await report(here.owner, action_id)).toEqual([]);
    expect(await report(clientOf(await api.another(), ann.token), action_id)).toHaveLength(1);
    expect(await report(here.owner, action_id)).toEqual(['Ann']);
    expect((await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' })).status).toBe(200);
    expect((await api.recorded(action_id)).trail).toEqual(['action.created', 'action.approved']);
  });

  it('is the action that was reported last: a reader has left the one before', async () => {
    const [one, two] = [await here.pending(), await here.pending()];
    const ann = await join(api, here.owner, 'reviewer');
    await report(ann.by, one.action_id);
    await report(ann.by, two.action_id);
    expect(await report(here.owner, one.action_id)).toEqual([]);
    expect(await report(here.owner, two.action_id)).toEqual(['Ann']);
  });

  it('ends twelve seconds after the last report, by the database’s clock', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const reportedBefore = (seconds: number) =>
      api.world.db.pool.query(`update readers set seen_at = now() - $2 * interval '1 s' where action_id = $1`, [
        uuidOf(action_id),
        seconds,
      ]);
    await report(ann.by, action_id);
    await reportedBefore(11);
    expect(await report(here.owner, action_id)).toEqual(['Ann']);
    await until('Ann to be gone', async () => (await report(here.owner, action_id)).length === 0, 5_000);
  });

  it('ends with the membership', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    await report(ann.by, action_id);
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await report(here.owner, action_id)).toEqual([]);
  });
});

const save = (by: Client, name: string, more: object = {}): Promise<Reply> =>
  by.post('/v1/views', { name, filters: { type: 'create_note' }, ...more });
const names = async (by: Client): Promise<string[]> => (await by.get('/v1/views')).body.views.map(({ name }) => name);

describe('a saved view', () => {
  it('is its maker’s alone, or shared with everybody who may decide in the workspace', async () => {
    const there = await api.tenant();
    const ann = await join(api, here.owner, 'reviewer');
    const filters = { type: 'create_note', assignee: 'mine' };
    const { status, body } = await save(here.owner, 'Mine', { filters });
    expect([status, body.view]).toEqual([
      201,
      expect.objectContaining({ name: 'Mine', filters, shared: false, own: true }),
    ]);
    await save(here.owner, 'Ours', { shared: true });
    await save(there.owner, 'Theirs', { shared: true });
    expect(await names(here.owner)).toEqual(['Mine', 'Ours']);
    const { views } = (await ann.by.get('/v1/views')).body;
    expect(views).toEqual([expect.objectContaining({ name: 'Ours', shared: true, own: false })]);
  });

  it('is deleted by its maker; an admin also deletes a shared one, and a reviewer does not', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    const bea = await join(api, here.owner, 'reviewer');
    const idOf = async (name: string, more: object = {}) => (await save(ann.by, name, more)).body.view.view_id;
    const [own, shared] = [await idOf('Own'), await idOf('Shared', { shared: true })];
    await here.refuses('NOT_FOUND', () => here.owner.delete(`/v1/views/${own}`));
    await here.refuses('NOT_FOUND', () => bea.by.delete(`/v1/views/${shared}`));
    expect((await here.owner.delete(`/v1/views/${shared}`)).status).toBe(200);
    expect((await ann.by.delete(`/v1/views/${own}`)).status).toBe(200);
    await here.refuses('NOT_FOUND', () => ann.by.delete(`/v1/views/${own}`));
    expect(await names(ann.by)).toEqual([]);
  });

  it('has a name that no other view of its maker has, and filters that the list has', async () => {
    await save(here.owner, 'Mail');
    await here.refuses('CONFLICT', () => save(here.owner, 'Mail'));
    await here.refuses('INVALID', () => save(here.owner, 'x', { filters: { color: 'red' } }), ['filters.color']);
    const ann = await join(api, here.owner, 'reviewer');
    expect((await save(ann.by, 'Mail')).status).toBe(201);
  });

  it('is one of at most 50, also when several are saved at the same time', async () => {
    for (let n = 1; n < 49; n += 1) await save(here.owner, `View ${n}`);
    const statuses = await Promise.all(['a', 'b', 'c', 'd'].map((name) => save(here.owner, name)));
    expect(statuses.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
  });

  it('ends with the membership of its maker', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    await save(ann.by, 'Hers', { shared: true });
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await names(here.owner)).toEqual([]);
  });
});
