import { SCOPES, type Scope } from '@proviso/contracts';
import { hashToken, newId, parseId, formatId } from '@proviso/core';
import { until } from '@proviso/testing';
import {
  useTenant,
  inFuture,
  join,
  letIn,
  proposal,
  userIdOf,
  type Client,
  type Reply,
  type Tenant,
} from './test-api.ts';

const READ: Scope[] = ['actions:read'];

describe('API keys', () => {
  const { api, here } = useTenant();
  const make = (by: Client, more: object = {}): Promise<Reply> =>
    by.post('/v1/api-keys', { name: 'CI', scopes: READ, ...more });
  const made = async (by: Client, more: object = {}): Promise<{ key_id: string; token: string; by: Client }> => {
    const { status, body, text } = await make(by, more);
    if (status !== 201 || !body.token) throw new Error(`not made: ${text}`);
    return { key_id: body.api_key.key_id, token: body.token, by: api.with(body.token) };
  };
  const row = (key_id: string) =>
    api.world.db.tables.api_keys.findUniqueOrThrow({ where: { id: parseId('key', key_id) ?? '' } });
  /** A personal credential of the owner of `here`. */
  const personal = async (tenant: Tenant, more: object = {}) =>
    made(tenant.owner, { kind: 'personal', scopes: [...SCOPES], ...more });

  describe('POST /v1/api-keys', () => {
    it('creates a key that works at once, shows its token once and stores its hash', async () => {
      const { status, body } = await make(here.owner);
      expect(status).toBe(201);
      expect(body.token).toMatch(/^pv_\w{8}_\w{40}$/);
      expect(body.api_key).toEqual({
        key_id: expect.stringMatching(/^key_/),
        kind: 'workspace',
        name: 'CI',
        lookup: body.token?.slice(3, 11),
        scopes: READ,
        workspace_id: here.id,
        home_workspace_id: null,
        user_id: null,
        agent_id: null,
        role: 'admin',
        decides: false,
        created_by: { kind: 'member', id: await userIdOf(here.owner), name: 'owner' },
        made_by_key_id: expect.stringMatching(/^key_/),
        expires_at: null,
        revoked_at: null,
        created_at: expect.any(String),
      });
      expect(await row(body.api_key.key_id)).toMatchObject({
        workspace_id: here.id,
        token_hash: hashToken(body.token ?? ''),
        scopes: READ,
      });
      const by = api.with(body.token ?? '');
      expect((await by.get('/v1/actions')).status).toBe(200);
      await here.refuses('FORBIDDEN', () => by.post('/v1/actions', proposal(here)));
      expect((await here.owner.get('/v1/api-keys')).text).not.toContain(body.token);
    });

    it('stores no token for an Idempotency-Key: a replay shows the key without it', async () => {
      const body = { name: 'CI', scopes: READ };
      const [first, second] = [
        await here.owner.post('/v1/api-keys', body, { 'Idempotency-Key': 'k' }),
        await here.owner.post('/v1/api-keys', body, { 'Idempotency-Key': 'k' }),
      ];
      expect([second.status, second.headers['idempotency-replayed']]).toEqual([201, 'true']);
      expect(second.body).toEqual({ ...first.body, token: null });
      const kept = await api.world.db.tables.idempotency_keys.findFirstOrThrow({ where: { workspace_id: here.id } });
      expect(JSON.stringify(kept)).not.toContain(first.body.token?.slice(12));
    });

    it('creates a key for an agent, which never decides', async () => {
      const agent_id = formatId('agent', await here.agentId('bot'));
      const bot = await made(here.owner, { agent_id, scopes: [...SCOPES] });
      const { action_id } = await here.pending();
      await here.refuses('FORBIDDEN', () => bot.by.post(`/v1/actions/${action_id}/approve`, { action: 'approve' }));
      await here.refuses('INVALID', () => make(here.owner, { agent_id, decides: true }));
    });

    it('creates a workspace key, which decides only if created for that, in its own name', async () => {
      const { action_id } = await here.pending();
      const approve = (by: Client) => by.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
      const mute = await made(here.owner, { scopes: [...SCOPES] });
      await here.refuses('FORBIDDEN', () => approve(mute.by));
      const clerk = await made(here.owner, { name: 'Clerk', scopes: [...SCOPES], decides: true, role: 'reviewer' });
      await here.refuses('FORBIDDEN', () => clerk.by.post('/v1/actions', proposal(here)));
      const { body } = await approve(clerk.by);
      expect(body.action.approval?.by).toEqual({ kind: 'api_key', id: clerk.key_id, name: 'Clerk' });
      await here.refuses('FORBIDDEN', () => make(mute.by, { decides: true }));
    });

    it('does not grant a scope that the creator’s token lacks', async () => {
      const scopes: Scope[] = ['workspace:admin', 'actions:read'];
      const by = await here.client({ scopes });
      expect((await make(by, { scopes })).status).toBe(201);
      for (const scope of SCOPES.filter((each) => !scopes.includes(each)))
        await here.refuses('FORBIDDEN', () => make(by, { scopes: [scope] }));
    });

    it.each<[string, object, string]>([
      ['an unknown scope', { scopes: ['actions:fly'] }, 'scopes.0'],
      ['a scope twice', { scopes: ['actions:read', 'actions:read'] }, 'scopes'],
      ['no scopes', { scopes: undefined }, 'scopes'],
      ['no name', { name: '' }, 'name'],
      ['an expiry that has passed', { expires_at: inFuture(-1_000) }, 'expires_at'],
      ['an agent that is not there', { agent_id: newId() }, 'agent_id'],
      ['a person to speak for', { user_id: newId() }, 'user_id'],
      ['a personal credential of an agent', { kind: 'personal', agent_id: newId() }, 'agent_id'],
      ['a personal credential with a role', { kind: 'personal', role: 'admin' }, 'role'],
      ['an owner’s role', { role: 'owner' }, 'role'],
      ['a viewer that decides', { role: 'viewer', decides: true }, 'decides'],
      ['a workspace key of an agent', { kind: 'workspace', agent_id: newId() }, 'agent_id'],
      ['an agent key of no agent', { kind: 'agent' }, 'agent_id'],
      ['a token', { token: 'pv_12345678_x' }, 'token'],
    ])('refuses %s', async (_, more, path) => {
      await here.refuses('INVALID', () => make(here.owner, more), path);
    });

    it('refuses another workspace’s agent', async () => {
      const there = await api.tenant();
      const agent_id = await there.agentId();
      await here.refuses('INVALID', () => make(here.owner, { agent_id }));
    });

    it.each(['expires_at', 'revoked_at'])(
      'ends a key that has reached its %s: writes at once, reads within a second',
      async (column) => {
        const { by, key_id } = await made(here.owner, {
          expires_at: inFuture(),
          scopes: ['actions:read', 'actions:write'],
        });
        expect((await by.get('/v1/actions')).status).toBe(200);
        const where = { id: parseId('key', key_id) ?? '' };
        const endedAt = performance.now();
        await api.world.db.tables.api_keys.update({ where, data: { [column]: new Date(Date.now() - 1) } });
        await here.refuses('UNAUTHENTICATED', () => by.post('/v1/actions', proposal(here)));
        await until('a read is refused', async () => (await by.get('/v1/actions')).status === 401 || undefined);
        expect(performance.now() - endedAt).toBeLessThan(5_000); // a second, on a machine that may be busy
        await here.refuses('UNAUTHENTICATED', () => by.get('/v1/actions'));
      },
    );
  });

  describe('GET /v1/api-keys', () => {
    it('lists the workspace’s keys and the caller’s own personal tokens only', async () => {
      const there = await api.tenant();
      const mine = [(await made(here.owner)).key_id, (await personal(here)).key_id];
      const strange = [(await made(there.owner)).key_id, (await personal(there)).key_id];
      const another = (await made(await here.client({}), { kind: 'personal' })).key_id;
      const { body } = await here.owner.get('/v1/api-keys', { limit: '100' });
      const listed = body.api_keys.map(({ key_id }) => key_id);
      expect(listed).toEqual(expect.arrayContaining(mine));
      for (const id of [...strange, another]) expect(listed).not.toContain(id);
      expect(body.pagination.total_items).toBe(listed.length);
    });
  });

  describe('DELETE /v1/api-keys/:id', () => {
    it('revokes a key once, so its next request is refused', async () => {
      const { by, key_id } = await made(here.owner);
      expect((await by.get('/v1/actions')).status).toBe(200);
      const { status, body } = await here.owner.delete(`/v1/api-keys/${key_id}`);
      expect(status).toBe(200);
      expect(body.api_key).toMatchObject({ key_id, revoked_at: expect.any(String) });
      await here.refuses('UNAUTHENTICATED', () => by.get('/v1/actions'));
      expect((await row(key_id)).revoked_at).not.toBeNull();
      await here.refuses('INVALID_STATE', () => here.owner.delete(`/v1/api-keys/${key_id}`));
    });
  });

  describe('a personal credential', () => {
    it('works in every workspace of its person, with their role there', async () => {
      const there = await api.tenant();
      const { by } = await personal(here);
      const alone = await by.get('/v1/auth/status');
      expect(alone.body).toMatchObject({ auth_type: 'personal', workspace_id: here.id });
      expect(await letIn(there, by, 'viewer')).toBe(201);
      const at = (id: string) => ({ 'X-Workspace-Id': id });
      expect((await by.get('/v1/auth/status', {}, at(there.id))).body).toMatchObject({ workspace_id: there.id });
      expect((await by.post('/v1/actions', proposal(here), at(here.id))).status).toBe(200);
      await there.refuses('FORBIDDEN', () => by.post('/v1/actions', proposal(there), at(there.id)));
    });

    it('defaults to its home workspace, whatever its person joins or creates', async () => {
      const there = await api.tenant();
      const { by } = await personal(here);
      await letIn(there, by, 'owner');
      await by.post('/v1/workspaces', { name: 'Third' });
      expect((await by.get('/v1/auth/status')).body.workspace_id).toBe(here.id);
      const later = await made(here.owner, { kind: 'personal' });
      expect((await later.by.get('/v1/auth/status')).body.workspace_id).toBe(here.id);
    });

    it('requires a workspace once its person has left its home and has several', async () => {
      const there = await api.tenant();
      const ann = await join(api, here.owner, 'viewer');
      await letIn(there, ann.by, 'viewer');
      await here.owner.delete(`/v1/members/${ann.user_id}`);
      expect((await ann.by.get('/v1/auth/status')).body.workspace_id).toBe(there.id);
      await letIn(await api.tenant(), ann.by, 'viewer');
      await there.refuses('INVALID', () => ann.by.get('/v1/actions'), ['X-Workspace-Id']);
    });

    it('refuses a workspace that its person is not in, and a malformed id', async () => {
      const there = await api.tenant();
      const { by } = await personal(here);
      for (const client of [by, here.owner]) {
        for (const id of [there.id, newId()])
          await here.refuses('NOT_FOUND', () => client.get('/v1/actions', {}, { 'X-Workspace-Id': id }));
        await here.refuses('INVALID', () => client.get('/v1/actions', {}, { 'X-Workspace-Id': 'x' }));
        const named = await client.get('/v1/actions', {}, { 'X-Workspace-Id': here.id.toUpperCase() });
        expect(named.status).toBe(200);
      }
    });

    it('opens the board only with instance:operate, like a workspace key', async () => {
      const { token } = await personal(here);
      const bound = await made(here.owner, { scopes: ['instance:operate'] });
      const weak = await made(here.owner, { scopes: ['workspace:admin'] });
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const statuses = [token, bound.token, weak.token].map(async (key) => {
        return (await api.with().raw('post', '/admin/sign-in', `key=${key}`, headers)).status;
      });
      expect(await Promise.all(statuses)).toEqual([303, 303, 403]);
    });
  });
});
