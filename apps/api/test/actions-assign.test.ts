import { join, pathsOf, userIdOf, type Client, type Reply, useTenant } from './test-api.ts';

const assign = (by: Client, id: string, user_id: string | null, headers?: Record<string, string>): Promise<Reply> =>
  by.post(`/v1/actions/${id}/assign`, { user_id }, headers);
const listed = async (by: Client, assignee: string): Promise<string[]> =>
  (await by.get('/v1/actions', { assignee, sort_dir: 'asc' })).body.actions.map(({ action_id }) => action_id);

describe('assigning an action', () => {
  const { api, here } = useTenant();

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

  it('refuses an action that does not wait, and one of another workspace', async () => {
    const there = await api.tenant();
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/reject`, {});
    await here.refuses('INVALID_STATE', () => assign(here.owner, action_id, null));
    await here.refuses('NOT_FOUND', () => assign(there.owner, action_id, null));
  });

  it('happens once for one Idempotency-Key', async () => {
    const { action_id } = await here.pending();
    const key = { 'Idempotency-Key': 'once' };
    const first = await assign(here.owner, action_id, null, key);
    const second = await assign(here.owner, action_id, null, key);
    expect([second.text, second.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    expect((await api.recorded(action_id)).trail).toEqual(['action.created', 'action.assigned']);
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
