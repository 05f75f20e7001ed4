import { SCOPES } from '@proviso/contracts';
import { hashToken, newId, newToken } from '@proviso/core';
import { inFuture, useTenant, type Client, type Tenant } from './test-api.ts';
import { asking, at, waiting } from './pending-client.ts';

describe('GET /api/pending-actions', () => {
  const { api, here } = useTenant();
  const list = (by: Client, tenant: Tenant, query: Record<string, string> = {}) =>
    asking(by).get('', { workspace_id: tenant.id, ...query });
  const idsOf = async (query?: Record<string, string>): Promise<string[]> =>
    (await list(here.owner, here, query)).body.items.map(({ id }) => id);
  const several = async (count: number, more: object = {}): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) ids.unshift(await waiting(here, more));
    return ids;
  };

  /** A token of one person who is a member of all these workspaces. */
  async function personal(...workspaces: Tenant[]): Promise<Client> {
    const { users, members, api_keys } = api.world.db.tables;
    const user = await users.create({ data: { id: newId(), email: `${newId()}@example.com`, name: 'Ann' } });
    for (const { id } of workspaces)
      await members.create({ data: { workspace_id: id, user_id: user.id, role: 'owner' } });
    const token = newToken();
    const hashed = { lookup: 'personal', token_hash: hashToken(token) };
    const kind = { kind: 'personal', person_id: user.id, home_workspace_id: workspaces[0]?.id ?? '', created_by: {} };
    await api_keys.create({ data: { id: newId(), name: 'Ann', ...kind, ...hashed, scopes: [...SCOPES] } });
    return api.with(token);
  }

  describe('query parameters', () => {
    it('workspace_id: the workspace to show', async () => {
      const ids = await several(2);
      const { status, body } = await list(here.owner, here);
      expect([status, body.items.map(({ id }) => id), body.total]).toEqual([200, ids, 2]);
    });

    it.each([
      ['without it', ''],
      ['with one that is no UUID', 'workspace_id=x'],
      ['with two of them', `workspace_id=${newId()}&workspace_id=${newId()}`],
    ])('workspace_id is required: 422 validation %s', async (_, query) => {
      const { body } = await asking(here.owner).get(`?${query}`);
      expect(body.error).toMatchObject({ code: 'validation', details: [{ path: 'workspace_id' }] });
    });

    it('workspace_id: 403 FORBIDDEN for a caller who is not a member', async () => {
      const there = await api.tenant();
      for (const workspace_id of [there.id, newId()])
        await here.refuses('FORBIDDEN', () => here.owner.get(at, { workspace_id }));
    });

    const LIVES: [string, (here: Tenant, id: string) => Promise<unknown>][] = [
      ['pending', async () => undefined],
      ['approved', (tenant, id) => asking(tenant.owner).post(`/${id}/approve`)],
      ['rejected', (tenant, id) => asking(tenant.owner).post(`/${id}/reject`)],
      ['rejected', (tenant, id) => tenant.owner.post(`/v1/actions/${id}/cancel`)],
      ['executed', (_, id) => end(id, 'completed')],
      ['failed', (_, id) => end(id, 'failed')],
    ];
    const end = (id: string, status: string) =>
      api.world.db.pool.query(
        `update actions set status = $2, completed_at = now(), cleared_hash = 'x' where id = $1`,
        [id, status],
      );

    it.each(['pending', 'approved', 'rejected', 'executed', 'failed'])('status: %s', async (status) => {
      const expected: string[] = [];
      for (const [shown, live] of LIVES) {
        const id = await waiting(here, { scheduled_time: inFuture() });
        await live(here, id);
        if (shown === status) expected.unshift(id);
      }
      expect(expected.length).toBeGreaterThan(0);
      expect(await idsOf({ status })).toEqual(expected);
      expect((await list(here.owner, here, { status })).body.total).toBe(expected.length);
    });

    it.each(['batch_id', 'mission_id', 'session_id'] as const)('%s: only those', async (filter) => {
      const mission_id = newId();
      const ids = await several(2, { mission_id, session_id: 'ses_1' });
      await several(1, { mission_id: newId(), session_id: 'ses_2' });
      await several(1);
      const value = { mission_id, session_id: 'ses_1', batch_id: `${mission_id}:probe_idempotent` }[filter];
      expect(await idsOf({ [filter]: value })).toEqual(ids);
    });

    it.each([
      ['workspaceId', 'missionId', 'sessionId', 'batchId'],
      ['workspace_id', 'mission_id', 'session_id', 'batch_id'],
    ])('are taken as %s, %s, %s and %s', async (workspace, mission, session, batch) => {
      const id = newId();
      const [only] = await several(1, { mission_id: id, session_id: 's' });
      const query = { [workspace]: here.id, [mission]: id, [session]: 's', [batch]: `${id}:probe_idempotent` };
      const { status, body } = await asking(here.owner).get('', query);
      expect([status, body.items.map((item) => item.id)]).toEqual([200, [only]]);
    });

    it.each([
      ['status=done', 'status'],
      ['status=pending,approved', 'status'],
      ['status=', 'status'],
      ['status=pending&status=failed', 'status'],
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=x', 'limit'],
      ['mission_id=x', 'mission_id'],
      ['mission_id=x&missionId=x', 'mission_id'],
      ['workspaceId=x', 'workspace_id'],
      ['cursor=x', 'cursor'],
      ['skip=1', 'skip'],
    ])('422 validation: ?%s', async (query, path) => {
      await waiting(here);
      const ask = () => here.owner.get(`${at}?workspace_id=${here.id}&${query}`);
      await here.refuses('validation', ask, [path]);
    });
  });

  it('lists newest first, without actions that never waited for a person', async () => {
    const ids = await several(3);
    await here.propose();
    expect(await idsOf()).toEqual(ids);
  });

  it('returns the total, and pages by nextCursor while rows are added', async () => {
    const ids = await several(5);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: Record<string, string> = { limit: '2', ...(cursor && { cursor }) };
      const { body } = await list(here.owner, here, query);
      expect(body.total).toBe(5 + seen.length / 2);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
      await waiting(here);
    }
    expect(seen).toEqual(ids);
  });

  it('shows a member of two workspaces only one at a time', async () => {
    const there = await api.tenant();
    const [one, two] = [await waiting(here), await waiting(there)];
    const both = await personal(here, there);
    expect((await list(both, here)).body).toMatchObject({ items: [{ id: one }], total: 1 });
    expect((await list(both, there)).body).toMatchObject({ items: [{ id: two }], total: 1 });
    expect((await asking(both).post(`/${one}/approve`)).body).toMatchObject({ workspaceId: here.id });
    expect((await asking(both).post(`/${two}/reject`)).body).toMatchObject({ workspaceId: there.id });
    await here.refuses('FORBIDDEN', async () => (await personal(there)).get(`${at}/${one}`));
  });
});
