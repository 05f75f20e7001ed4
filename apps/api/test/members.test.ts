import { SCOPES, type Role } from '@proviso/contracts';
import { newId, parseId } from '@proviso/core';
import { join, userIdOf, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

describe('members and workspaces', () => {
  const { api, here } = useTenant();
  const address = (): string => `${newId()}@example.com`;
  const added = async (by: Client, role: Role): Promise<string> => (await join(api, by, role)).user_id;
  const me = userIdOf;
  const rows = ({ id }: Pick<Tenant, 'id'>) => api.world.db.tables.members.findMany({ where: { workspace_id: id } });
  const roleOf = async (tenant: Tenant, user_id: string): Promise<string | undefined> =>
    (await rows(tenant)).find((row) => row.user_id === parseId('user', user_id))?.role;

  it('GET /v1/members lists the people of the workspace and nobody else', async () => {
    const there = await api.tenant();
    const mine = [await me(here.owner), await added(here.owner, 'viewer')];
    await added(there.owner, 'viewer');
    const { body } = await here.owner.get('/v1/members');
    expect(body.members.map(({ user_id }) => user_id).sort()).toEqual(mine.sort());
  });

  describe('PATCH /v1/members/:id', () => {
    const change = (by: Client, id: string, role: string): Promise<Reply> => by.patch(`/v1/members/${id}`, { role });

    it('changes a role from the next request on', async () => {
      const by = await here.client({ role: 'viewer', scopes: [...SCOPES] });
      const id = await me(by);
      const { status, body } = await change(here.owner, id, 'admin');
      expect([status, body.member.role, await roleOf(here, id)]).toEqual([200, 'admin', 'admin']);
      expect((await by.get('/v1/members')).status).toBe(200);
      await change(here.owner, id, 'viewer');
      await here.refuses('FORBIDDEN', () => by.get('/v1/members'));
    });

    it('keeps the last owner', async () => {
      const id = await me(here.owner);
      await here.refuses('INVALID_STATE', () => change(here.owner, id, 'admin'));
      expect((await change(here.owner, id, 'owner')).status).toBe(200);
      const other = await here.client({ role: 'owner' });
      expect((await change(other, id, 'admin')).status).toBe(200);
      const last = await me(other);
      await here.refuses('INVALID_STATE', () => change(other, last, 'viewer'));
    });

    it('keeps an owner when two remove each other at once', async () => {
      const other = await here.client({ role: 'owner' });
      const ids = [await me(other), await me(here.owner)];
      const replies = await Promise.all([
        here.owner.delete(`/v1/members/${ids[0]}`),
        change(other, ids[1] ?? '', 'viewer'),
      ]);
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await rows(here)).filter(({ role }) => role === 'owner')).toHaveLength(1);
    });

    it('does not let an admin add or change an owner', async () => {
      const admin = await here.client({ role: 'admin' });
      const [owner, viewer, own] = [await me(here.owner), await added(here.owner, 'viewer'), await me(admin)];
      await here.client({ role: 'owner' });
      await here.refuses('FORBIDDEN', () => change(admin, owner, 'viewer'));
      await here.refuses('FORBIDDEN', () => change(admin, viewer, 'owner'));
      await here.refuses('FORBIDDEN', () => change(admin, own, 'owner'));
      await here.refuses('FORBIDDEN', () => admin.delete(`/v1/members/${owner}`));
      expect((await change(admin, viewer, 'admin')).status).toBe(200);
    });

    it('refuses unknown roles and fields', async () => {
      const id = await added(here.owner, 'viewer');
      await here.refuses('INVALID', () => change(here.owner, id, 'god'));
      await here.refuses('INVALID', () => here.owner.patch(`/v1/members/${id}`, { email: address() }));
      await here.refuses('INVALID', () => here.owner.patch(`/v1/members/${id}`, {}));
    });
  });

  describe('DELETE /v1/members/:id', () => {
    it('removes a person: their credentials lose access, and their keys are revoked', async () => {
      const ann = await join(api, here.owner, 'admin');
      const key = (await ann.by.post('/v1/api-keys', { name: 'CI', scopes: ['actions:read'] })).body;
      const next = await api.with(key.token ?? '').post('/v1/api-keys', { name: 'CI 2', scopes: ['actions:read'] });
      expect(next.status).toBe(403); // without workspace:admin a key makes none
      const invited = (await ann.by.post('/v1/invitations', { email: address(), role: 'viewer' })).body;
      const { status, body } = await here.owner.delete(`/v1/members/${ann.user_id}`);
      expect([status, body.member.user_id, body.revoked_keys]).toEqual([200, ann.user_id, [key.api_key.key_id]]);
      for (const by of [ann.by, api.with(key.token ?? '')])
        await here.refuses('UNAUTHENTICATED', () => by.get('/v1/actions'));
      const accept = { secret: invited.secret, name: 'x' };
      await here.refuses('INVALID_STATE', () => api.with().post('/v1/invitations/accept', accept));
    });

    it('keeps their keys revoked when they rejoin', async () => {
      const ann = await join(api, here.owner, 'admin');
      const { token } = (await ann.by.post('/v1/api-keys', { name: 'CI', scopes: ['actions:read'] })).body;
      await join(api, ann.by, 'viewer'); // Ann has another home to come from
      await here.owner.delete(`/v1/members/${ann.user_id}`);
      await api.world.db.tables.members.create({
        data: { workspace_id: here.id, user_id: parseId('user', ann.user_id) ?? '', role: 'admin' },
      });
      await here.refuses('UNAUTHENTICATED', () => api.with(token ?? '').get('/v1/actions'));
    });

    it('keeps their keys if the remover takes them over, with the remover’s rights at most', async () => {
      const ann = await join(api, here.owner, 'admin');
      const { token, api_key } = (await ann.by.post('/v1/api-keys', { name: 'CI', scopes: ['actions:read'] })).body;
      const narrow = await here.client({ scopes: ['workspace:admin'] });
      await here.refuses('FORBIDDEN', () => narrow.delete(`/v1/members/${ann.user_id}`, { keep_keys: true }));
      const { body } = await here.owner.delete(`/v1/members/${ann.user_id}`, { keep_keys: true });
      expect([body.kept_keys, body.revoked_keys]).toEqual([[api_key.key_id], []]);
      expect((await api.with(token ?? '').get('/v1/actions')).status).toBe(200);
    });

    it('lets anybody leave, with no scope at all, but not with others’ keys', async () => {
      const by = await here.client({ role: 'viewer', scopes: [] });
      const id = await me(by);
      await here.refuses('INVALID', () => by.delete(`/v1/members/${id}`, { keep_keys: true }));
      expect((await by.delete(`/v1/members/${id}`)).status).toBe(200);
      await here.refuses('UNAUTHENTICATED', () => by.get('/v1/auth/status'));
    });

    it('removes once, and never the last owner', async () => {
      const id = await added(here.owner, 'viewer');
      expect((await here.owner.delete(`/v1/members/${id}`)).status).toBe(200);
      await here.refuses('NOT_FOUND', () => here.owner.delete(`/v1/members/${id}`));
      const own = await me(here.owner);
      await here.refuses('INVALID_STATE', () => here.owner.delete(`/v1/members/${own}`));
    });
  });

  describe('workspaces', () => {
    it('POST makes one of the caller’s own, which a personal token reaches', async () => {
      const { status, body } = await here.owner.post('/v1/workspaces', { name: 'Second' });
      expect(status).toBe(201);
      expect(body.workspace).toEqual({
        workspace_id: expect.any(String),
        name: 'Second',
        role: 'owner',
        created_at: expect.any(String),
      });
      const { workspace_id } = body.workspace;
      expect(await rows({ id: workspace_id })).toMatchObject([{ role: 'owner' }]);
      const made = await here.owner.post('/v1/api-keys', { name: 'me', scopes: [...SCOPES], kind: 'personal' });
      const by = api.with(made.body.token ?? '');
      const at = { 'X-Workspace-Id': workspace_id };
      expect((await by.get('/v1/actions', {}, at)).body.actions).toEqual([]);
      const listed = await by.get('/v1/workspaces', {}, at);
      expect(listed.body.workspaces.map((each) => each.workspace_id)).toEqual([workspace_id, here.id]);
    });

    it('GET lists the caller’s and nobody else’s', async () => {
      await api.tenant();
      const { body } = await here.owner.get('/v1/workspaces');
      expect(body.workspaces).toMatchObject([{ workspace_id: here.id, role: 'owner' }]);
    });

    it('are not made without a name, nor twice with one Idempotency-Key', async () => {
      for (const body of [{}, { name: '' }, { name: 'x', id: newId() }])
        await here.refuses('INVALID', () => here.owner.post('/v1/workspaces', body));
      const again = () => here.owner.post('/v1/workspaces', { name: 'x' }, { 'Idempotency-Key': 'k' });
      expect((await again()).body).toEqual((await again()).body);
      expect((await here.owner.get('/v1/workspaces')).body.workspaces).toHaveLength(2);
    });
  });
});
