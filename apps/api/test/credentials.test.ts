// The attacks on credentials: each of them worked once, or is one step beside one that did.
import { SCOPES, scopesOf, type Scope } from '@proviso/contracts';
import { hashToken, newId, parseId, formatId } from '@proviso/core';
import { routes } from '../src/app.ts';
import { BODIES, QUERIES } from './bodies.ts';
import { addressOf, seedWorkspace } from './seeded-workspace.ts';
import {
  holdings,
  inFuture,
  join,
  letIn,
  pathsOf,
  proposal,
  userIdOf,
  useTenant,
  type Client,
  type Method,
  type Reply,
  type Tenant,
} from './test-api.ts';

const { api, here } = useTenant();

/** A bulk answers the ids that it was given. */
const NAMED_BY_CALLER = ['bulkDecideActions', 'batchApprovePendingActions'];

const READ: Scope[] = ['actions:read'];

describe('credentials', () => {
  const make = (by: Client, more: object = {}): Promise<Reply> =>
    by.post('/v1/api-keys', { name: 'x', scopes: READ, ...more });
  const made = async (by: Client, more: object = {}) => {
    const { status, body, text } = await make(by, more);
    if (status !== 201 || !body.token) throw new Error(`not made: ${text}`);
    return { key_id: body.api_key.key_id, by: api.with(body.token), key: body.api_key };
  };
  const invite = (by: Client, more: object = {}): Promise<Reply> =>
    by.post('/v1/invitations', { email: `${newId()}@example.com`, role: 'viewer', ...more });
  const accept = (by: Client, secret: string | null | undefined, more: object = {}): Promise<Reply> =>
    by.post('/v1/invitations/accept', { secret, ...more });
  const nobody = (): Client => api.with();
  /** The people of a workspace, with all of their credentials. */
  const people = async ({ id }: Tenant): Promise<unknown> => {
    const { users, api_keys } = api.world.db.tables;
    const theirs = { members: { some: { workspace_id: id } } };
    const orderBy = { id: 'asc' } as const;
    return [
      await users.findMany({ where: theirs, orderBy }),
      await api_keys.findMany({ where: { person: theirs }, orderBy }),
    ];
  };

  describe('an admin of one workspace', () => {
    it('cannot create a key that acts for somebody else, whatever the body', async () => {
      const admin = await here.client({ role: 'admin' });
      const user_id = await userIdOf(here.owner);
      for (const more of [{ user_id }, { person_id: user_id }, { personal: true }, { kind: 'personal', user_id }])
        await here.refuses('INVALID', () => make(admin, more));
    });

    it('cannot take over a person by their address', async () => {
      const [mine, theirs] = [await api.tenant(), await api.tenant()];
      const { email } = (await theirs.owner.get('/v1/auth/status')).body.user;
      const before = await holdings(api.world, theirs);
      const { secret } = (await invite(mine.owner, { email, role: 'owner' })).body;
      const { body } = await accept(nobody(), secret, { name: 'Mallory' });
      const mallory = api.with(body.token ?? '');
      for (const path of ['/v1/actions', '/v1/members', '/v1/api-keys'])
        expect((await mallory.get(path, {}, { 'X-Workspace-Id': theirs.id })).status).toBe(404);
      expect((await mallory.get('/v1/workspaces')).body.workspaces.map((one) => one.workspace_id)).toEqual([mine.id]);
      expect(await holdings(api.world, theirs)).toEqual(before);
      expect(await userIdOf(mallory)).not.toBe(await userIdOf(theirs.owner));
    });

    it('cannot change or learn anything about a person who has not accepted', async () => {
      const [mine, theirs] = [await api.tenant(), await api.tenant()];
      const { email } = (await theirs.owner.get('/v1/auth/status')).body.user;
      const known = await invite(mine.owner, { email });
      const unknown = await invite(mine.owner, { email: `${newId()}@example.com` });
      const shape = ({ status, body }: Reply) => [status, Object.keys(body.invitation).toSorted()];
      expect(shape(known)).toEqual(shape(unknown));
      expect((await mine.owner.get('/v1/members')).body.members).toHaveLength(1);
      expect((await theirs.owner.get('/v1/auth/status')).body.workspace_id).toBe(theirs.id);
      expect((await theirs.owner.get('/v1/workspaces')).body.workspaces).toHaveLength(1);
    });

    it('can see and revoke only their own personal credentials', async () => {
      const admin = await here.client({ role: 'admin' });
      const { key_id } = await made(here.owner, { kind: 'personal', scopes: [...SCOPES] });
      expect((await admin.get('/v1/api-keys', { limit: '100' })).text).not.toContain(key_id);
      await here.refuses('NOT_FOUND', () => admin.delete(`/v1/api-keys/${key_id}`));
      const other = await here.client({ role: 'owner' });
      await here.refuses('NOT_FOUND', () => other.delete(`/v1/api-keys/${key_id}`));
    });

    it('cannot reach another workspace by anything that they can create', async () => {
      const [mine, theirs] = [await seedWorkspace(api), await seedWorkspace(api)];
      const admin = await mine.client({ role: 'admin' });
      const agent_id = formatId('agent', await mine.agentId('idle'));
      const personal = await made(admin, { kind: 'personal', scopes: [...SCOPES] });
      const callers = {
        'a personal credential': personal.by,
        'a workspace key that decides': (await made(admin, { scopes: [...SCOPES], decides: true })).by,
        'an agent key': (await made(admin, { scopes: [...SCOPES], agent_id })).by,
        'a person they invited': (await join(api, admin, 'admin')).by,
        'the owner of a workspace they made': await (async () => {
          const { body } = await personal.by.post('/v1/workspaces', { name: 'Mine' });
          const home = { 'X-Workspace-Id': body.workspace.workspace_id };
          return api.with(
            (await personal.by.post('/v1/api-keys', { name: 'x', kind: 'personal', scopes: [...SCOPES] }, home)).body
              .token ?? '',
          );
        })(),
      };
      const before = [await holdings(api.world, theirs), await people(theirs)];
      const { ids, id, identityId } = theirs;
      for (const [who, by] of Object.entries(callers))
        for (const route of routes.filter(({ handleOutsider }) => !handleOutsider))
          for (const headers of [{}, { 'X-Workspace-Id': id }]) {
            const query = new URLSearchParams(QUERIES[route.operationId]?.(theirs)).toString();
            const path = `${addressOf(route, { ...mine, ids })}${query && `?${query}`}`;
            const body = BODIES[route.operationId]?.({ ...mine, ids, id, identityId });
            const said = await by.raw(route.method as Method, path, body && JSON.stringify(body), headers);
            const names = 'X-Workspace-Id' in headers || route.path.includes('{') || query !== '';
            const refused = !names || [403, 404].includes(said.status);
            expect([who, route.operationId, said.status, refused]).toEqual([who, route.operationId, said.status, true]);
            const told =
              said.status < 300 && Object.values(ids).some((one) => one !== '0' && (said.text ?? '').includes(one));
            expect([who, route.operationId, told && !NAMED_BY_CALLER.includes(route.operationId)]).toEqual([
              who,
              route.operationId,
              false,
            ]);
          }
      expect([await holdings(api.world, theirs), await people(theirs)]).toEqual(before);
    }, 120_000);
  });

  describe('no credential can extend its rights', () => {
    it('by its kind: a key cannot create a personal credential or join a workspace', async () => {
      const key = await made(here.owner, { scopes: [...SCOPES], decides: true });
      await here.refuses('FORBIDDEN', () => make(key.by, { kind: 'personal' }));
      const { secret } = (await invite(here.owner)).body;
      await here.refuses('FORBIDDEN', () => accept(key.by, secret, { name: 'x' }));
    });

    it('by its role, its decisions or its scopes', async () => {
      const admin = await here.client({ role: 'admin', scopes: ['workspace:admin', 'actions:read'] });
      await here.refuses('FORBIDDEN', () => make(admin, { scopes: ['actions:write'] }));
      const narrow = await made(admin, { scopes: ['workspace:admin'] });
      expect(narrow.key).toMatchObject({ role: 'admin', decides: false });
      await here.refuses('FORBIDDEN', () => make(narrow.by, { scopes: ['workspace:admin'], decides: true }));
    });

    it('through an agent: a key that cannot decide cannot set what clears proposals', async () => {
      const key = await made(here.owner, { scopes: scopesOf('admin') });
      const deciding = await made(here.owner, { scopes: scopesOf('admin'), decides: true });
      const agent = `/v1/agents/${await here.agentId('bot')}`;
      for (const rule of [{ approval: 'never' }, { auto_approve_types: ['create_note'] }]) {
        await here.refuses('FORBIDDEN', () => key.by.patch(agent, rule));
        await here.refuses('FORBIDDEN', () => key.by.post('/v1/agents', { name: 'x', ...rule }));
        expect((await deciding.by.patch(agent, rule)).status).toBe(200);
      }
      const careful = { approval: 'always', auto_approve_types: [], enabled: false };
      expect((await key.by.patch(agent, careful)).status).toBe(200);
    });

    it('through somebody else: granting a role requires all its scopes', async () => {
      const narrow = await here.client({ scopes: ['workspace:admin', 'actions:read', 'contacts:read'] });
      for (const role of ['viewer', 'reviewer', 'admin', 'owner'])
        await here.refuses('FORBIDDEN', () => invite(narrow, { role }));
      const { user_id } = await join(api, here.owner, 'viewer');
      await here.refuses('FORBIDDEN', () => narrow.patch(`/v1/members/${user_id}`, { role: 'reviewer' }));
    });

    it('in time: what an expiring credential creates expires no later', async () => {
      const expires_at = inFuture(3_600_000);
      const short = await made(here.owner, { scopes: [...SCOPES], expires_at });
      expect((await made(short.by)).key.expires_at).toBe(expires_at);
      await here.refuses('INVALID', () => make(short.by, { expires_at: inFuture(7_200_000) }));
      const person = await made(here.owner, { kind: 'personal', scopes: [...SCOPES], expires_at });
      expect((await made(person.by, { kind: 'personal' })).key.expires_at).toBe(expires_at);
      expect((await invite(person.by)).body.invitation.expires_at).toBe(expires_at);
    });

    it('by surviving: what a key created is revoked with it, transitively', async () => {
      const first = await made(here.owner, { scopes: ['workspace:admin', 'actions:read'] });
      const second = await made(first.by, { scopes: ['workspace:admin', 'actions:read'] });
      const third = await made(second.by);
      const { body } = await here.owner.delete(`/v1/api-keys/${first.key_id}`);
      expect(body.also_revoked.toSorted()).toEqual([second.key_id, third.key_id].toSorted());
      await here.refuses('UNAUTHENTICATED', () => third.by.get('/v1/actions'));
    });

    it('in a race: nothing survives that was created while its creator was revoked', async () => {
      const scopes: Scope[] = ['workspace:admin', 'actions:read'];
      for (let round = 0; round < 5; round += 1) {
        const first = await made(here.owner, { scopes });
        const [revoked, ...makes] = await Promise.all([
          here.owner.delete(`/v1/api-keys/${first.key_id}`),
          ...Array.from({ length: 6 }, () => make(first.by, { scopes })),
        ]);
        expect(revoked.status).toBe(200);
        for (const { body } of makes)
          if (body.token) expect((await api.with(body.token).get('/v1/actions')).status).toBe(401);
      }
    });

    it('beyond its creator: a demoted creator’s keys lose the same rights', async () => {
      const ann = await join(api, here.owner, 'admin');
      const key = await made(ann.by, { scopes: scopesOf('admin'), decides: true });
      expect((await key.by.post('/v1/contacts', { email: 'a@example.com' })).status).toBe(201);
      await here.owner.patch(`/v1/members/${ann.user_id}`, { role: 'viewer' });
      await here.refuses('FORBIDDEN', () => key.by.post('/v1/contacts', { email: 'b@example.com' }));
      const { action_id } = await here.pending();
      await here.refuses('FORBIDDEN', () => key.by.post(`/v1/actions/${action_id}/approve`, { action: 'approve' }));
    });

    it('by revoking its person’s wider ones, though it may always end itself', async () => {
      const wide = await made(here.owner, { kind: 'personal', scopes: [...SCOPES] });
      const narrow = await made(here.owner, { kind: 'personal', scopes: READ });
      await here.refuses('FORBIDDEN', () => narrow.by.delete(`/v1/api-keys/${wide.key_id}`));
      expect((await narrow.by.delete(`/v1/api-keys/${narrow.key_id}`)).status).toBe(200);
      await here.refuses('UNAUTHENTICATED', () => narrow.by.get('/v1/auth/status'));
    });
  });

  it('a personal credential leaves its keys to the workspace when it ends, and takes them along where that is asked', async () => {
    const kept = await made(here.owner, { kind: 'personal', scopes: [...SCOPES] });
    const stays = await made(kept.by);
    expect((await here.owner.delete(`/v1/api-keys/${kept.key_id}`)).body.also_revoked).toEqual([]);
    expect((await stays.by.get('/v1/actions')).status).toBe(200);
    const stolen = await made(here.owner, { kind: 'personal', scopes: [...SCOPES] });
    const goes = await made(stolen.by);
    const { body } = await here.owner.delete(`/v1/api-keys/${stolen.key_id}`, { including_made: true });
    expect(body.also_revoked).toEqual([goes.key_id]);
  });

  describe('the last owner who can sign in', () => {
    it('keeps a credential that does not expire and may administrate, however the others go', async () => {
      const { key_id } = (await here.owner.get('/v1/auth/status')).body;
      await here.refuses('INVALID_STATE', () => here.owner.delete(`/v1/api-keys/${key_id}`));
      await made(here.owner, { kind: 'personal', scopes: [...SCOPES], expires_at: inFuture() });
      await made(here.owner, { kind: 'personal', scopes: READ });
      await made(here.owner, { scopes: [...SCOPES] });
      await here.refuses('INVALID_STATE', () => here.owner.delete(`/v1/api-keys/${key_id}`));
      await made(here.owner, { kind: 'personal', scopes: ['workspace:admin'] });
      expect((await here.owner.delete(`/v1/api-keys/${key_id}`)).status).toBe(200);
    });

    it('stays when another owner, who cannot sign in, is there too', async () => {
      const other = await here.client({ role: 'owner', scopes: ['actions:read'] });
      const own = await userIdOf(here.owner);
      await here.refuses('INVALID_STATE', () => here.owner.delete(`/v1/members/${own}`));
      await here.refuses('INVALID_STATE', () => here.owner.patch(`/v1/members/${own}`, { role: 'admin' }));
      expect((await other.delete(`/v1/members/${await userIdOf(other)}`)).status).toBe(200);
    });
  });

  it('a disabled agent cannot do anything with its key', async () => {
    const by = await here.client({ agent: 'bot' });
    await here.owner.patch(`/v1/agents/${await here.agentId('bot')}`, { enabled: false });
    for (const path of ['/v1/auth/status', '/v1/actions', '/v1/events'])
      await here.refuses('FORBIDDEN', () => by.get(path));
    await here.refuses('FORBIDDEN', () => by.post('/v1/contacts', { email: 'new@example.com' }));
    for (const path of ['/v1/actions', '/v1/actions/bulk', '/api/pending-actions'])
      await here.refuses('FORBIDDEN', () =>
        by.post(path, { ...proposal(here), workspaceId: here.id, actions: [proposal(here)] }),
      );
  });

  it('an agent cannot write the records that stop its own actions', async () => {
    const office = await seedWorkspace(api);
    const by = await office.client({ agent: 'bot' });
    const { contact_id } = office.ids;
    const message = {
      direction: 'inbound',
      message_id: '<new@example.com>',
      from: 'ann@example.com',
      to: 'us@example.com',
      at: '2026-01-02T03:04:05Z',
    };
    for (const ask of [
      () => by.post('/v1/email-messages', message),
      () => by.post('/v1/email-messages', { ...message, direction: 'outbound', to: 'ann@example.com' }),
      () => by.patch(`/v1/contacts/${contact_id}`, { unsubscribed: false }),
      () => by.patch(`/v1/contacts/${contact_id}`, { email: 'else@example.com' }),
      () => by.delete(`/v1/contacts/${office.ids.unused_contact_id}`),
    ])
      await office.refuses('FORBIDDEN', ask);
    expect((await by.patch(`/v1/contacts/${contact_id}`, { unsubscribed: true })).status).toBe(200);
  });

  describe('an invitation', () => {
    const secretOf = async (more: object = {}) => (await invite(here.owner, more)).body.secret ?? '';

    it('shows its secret once and stores a hash', async () => {
      const email = `${newId()}@Example.com`;
      const { status, body } = await invite(here.owner, { email, role: 'reviewer' });
      expect(status).toBe(201);
      expect(body.secret).toMatch(/^pvi_\w{8}_\w{40}$/);
      expect(body.invitation).toEqual({
        invitation_id: expect.stringMatching(/^inv_/),
        email: email.toLowerCase(),
        role: 'reviewer',
        lookup: body.secret?.slice(4, 12),
        status: 'open',
        created_by: { kind: 'member', id: await userIdOf(here.owner), name: 'owner' },
        expires_at: expect.any(String),
        accepted_at: null,
        created_at: expect.any(String),
      });
      const row = await api.world.db.tables.invitations.findFirstOrThrow({ where: { workspace_id: here.id } });
      expect(row.secret_hash).toBe(hashToken(body.secret ?? ''));
      expect((await here.owner.get('/v1/invitations')).text).not.toContain(body.secret);
    });

    it('stores no secret for an Idempotency-Key: a replay shows the invitation without it', async () => {
      const ask = () =>
        here.owner.post('/v1/invitations', { email: 'x@example.com', role: 'viewer' }, { 'Idempotency-Key': 'k' });
      const [first, second] = [await ask(), await ask()];
      expect(second.body).toEqual({ ...first.body, secret: null });
    });

    it('creates a new person with a first credential for that workspace only, which cannot operate the instance', async () => {
      const { status, body } = await accept(nobody(), await secretOf({ role: 'reviewer' }), { name: 'Rae' });
      expect([status, body.member.name, body.workspace.role]).toEqual([201, 'Rae', 'reviewer']);
      expect(body.api_key).toMatchObject({ kind: 'personal', expires_at: null, home_workspace_id: here.id });
      expect(body.api_key.scopes).not.toContain('instance:operate');
      const rae = api.with(body.token ?? '');
      const { action_id } = await here.pending();
      const approved = await rae.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
      expect(approved.body.action.approval?.by).toMatchObject({ kind: 'member', name: 'Rae' });
    });

    it('is accepted with the invited person’s own credential and creates none', async () => {
      const there = await api.tenant();
      const { email } = (await there.owner.get('/v1/auth/status')).body.user;
      const { status, body } = await accept(there.owner, await secretOf({ email }));
      expect([status, body.token, body.member.user_id]).toEqual([201, null, await userIdOf(there.owner)]);
    });

    it('is refused to another person, and nobody joins', async () => {
      const there = await api.tenant();
      const secret = await secretOf();
      await here.refuses('FORBIDDEN', () => accept(there.owner, secret));
      expect((await accept(nobody(), secret, { name: 'x' })).status).toBe(201);
    });

    it('is accepted once, however many try at once', async () => {
      const secret = await secretOf();
      const replies = await Promise.all(Array.from({ length: 6 }, () => accept(nobody(), secret, { name: 'x' })));
      expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
      expect((await here.owner.get('/v1/members')).body.members).toHaveLength(2);
    });

    it('is invalid once it is revoked, has expired, or its sender can no longer grant the role', async () => {
      const revoked = (await invite(here.owner)).body;
      const address = `/v1/invitations/${revoked.invitation.invitation_id}`;
      expect((await here.owner.delete(address)).body.invitation.status).toBe('revoked');
      await here.refuses('INVALID_STATE', () => here.owner.delete(address));
      const over = (await invite(here.owner)).body;
      const { invitations } = api.world.db.tables;
      const id = parseId('invitation', over.invitation.invitation_id) ?? '';
      await invitations.update({ where: { id }, data: { expires_at: new Date(Date.now() - 1) } });
      const ann = await join(api, here.owner, 'admin');
      const demoted = (await invite(ann.by, { role: 'admin' })).body;
      await here.owner.patch(`/v1/members/${ann.user_id}`, { role: 'reviewer' });
      for (const { secret } of [revoked, over, demoted])
        await here.refuses('INVALID_STATE', () => accept(nobody(), secret, { name: 'x' }));
    });

    it('requires a sender who can grant its role', async () => {
      const [admin, reviewer] = [await here.client({ role: 'admin' }), await here.client({ role: 'reviewer' })];
      await here.refuses('FORBIDDEN', () => invite(admin, { role: 'owner' }));
      await here.refuses('FORBIDDEN', () => invite(reviewer));
      expect((await invite(admin, { role: 'admin' })).status).toBe(201);
    });

    it('is limited to one per address, and refused for a member', async () => {
      const email = `${newId()}@example.com`;
      await invite(here.owner, { email });
      await here.refuses('CONFLICT', () => invite(here.owner, { email }));
      const ann = await join(api, here.owner, 'viewer');
      await here.refuses('CONFLICT', () => invite(here.owner, { email: ann.email }));
    });

    it.each<[string, object, string]>([
      ['an address that is none', { email: 'x' }, 'email'],
      ['an unknown role', { role: 'god' }, 'role'],
      ['an expiry that has passed', { expires_at: inFuture(-1_000) }, 'expires_at'],
      ['an expiry in two months', { expires_at: inFuture(60 * 86_400_000) }, 'expires_at'],
      ['a secret', { secret: 'x' }, 'secret'],
    ])('is refused with %s', async (_, more, path) => {
      await here.refuses('INVALID', () => invite(here.owner, more), path);
    });

    it('requires the name of a new person, refuses an invalid token, and is none itself', async () => {
      const secret = await secretOf();
      await here.refuses('INVALID', () => accept(nobody(), secret));
      await here.refuses('NOT_FOUND', () => accept(nobody(), `pvi_12345678_${'x'.repeat(40)}`, { name: 'x' }));
      await here.refuses('UNAUTHENTICATED', () => accept(api.with('x'), secret, { name: 'x' }));
      await here.refuses('UNAUTHENTICATED', () => api.with(secret).get('/v1/auth/status'));
    });
  });

  it('a person who has left the home of a credential names another workspace, which the refusal lists', async () => {
    const ann = await join(api, here.owner, 'admin');
    const others = [await api.tenant(), await api.tenant()];
    for (const there of others) expect(await letIn(there, ann.by, 'viewer')).toBe(201);
    expect((await ann.by.get('/v1/auth/status')).body.workspace_id).toBe(here.id);
    await ann.by.delete(`/v1/members/${ann.user_id}`);
    const refused = await ann.by.get('/v1/auth/status');
    expect([refused.status, pathsOf(refused.body)]).toEqual([400, ['X-Workspace-Id']]);
    for (const { id } of others) {
      expect(refused.text).toContain(id);
      expect((await ann.by.get('/v1/auth/status', {}, { 'X-Workspace-Id': id })).body.workspace_id).toBe(id);
    }
    await ann.by.raw('delete', `/v1/members/${ann.user_id}`, '{}', { 'X-Workspace-Id': others[0]?.id ?? '' });
    expect((await ann.by.get('/v1/auth/status')).body.workspace_id).toBe(others[1]?.id);
  });

  it('a person who is let in elsewhere keeps all clients that name no workspace', async () => {
    const there = await api.tenant();
    expect(await letIn(there, here.owner, 'admin')).toBe(201);
    expect((await here.owner.get('/v1/auth/status')).body.workspace_id).toBe(here.id);
    expect((await here.owner.get('/v1/actions')).status).toBe(200);
  });
});

describe('the numbers of people, invitations and credentials are limited', () => {
  const sql = (text: string, values: string[]): Promise<unknown> => api.world.db.pool.query(text, values);

  async function expectFull(ask: () => Promise<Reply>, says: string): Promise<void> {
    expect((await here.refuses('INVALID_STATE', ask)).error).toContain(says);
  }

  it('open invitations of a workspace: 200; revoking one frees a place', async () => {
    const invite = (email: string): Promise<Reply> => here.owner.post('/v1/invitations', { email, role: 'viewer' });
    const { body } = await invite('first@example.com');
    await sql(
      `insert into invitations select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(),
         'email', g || '@example.com', 'secret_hash', gen_random_uuid()))).*
       from invitations i, generate_series(1, 199) g where i.workspace_id = $1`,
      [here.id],
    );
    await expectFull(() => invite('last@example.com'), 'open invitations of this workspace is 200');
    expect((await here.owner.delete(`/v1/invitations/${body.invitation.invitation_id}`)).status).toBe(200);
    expect((await invite('last@example.com')).status).toBe(201);
  });

  it('keys of a workspace: 1000; personal credentials of a person: 50', async () => {
    const copy = (kind: string, count: number): Promise<unknown> =>
      sql(
        `insert into api_keys select (jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(),
           'token_hash', gen_random_uuid()))).*
         from api_keys k, generate_series(1, ${count}) where k.name = $1`,
        [kind],
      );
    for (const [kind, most, says] of [
      ['workspace', 1_000, 'keys of this workspace is 1000'],
      ['personal', 50, 'your personal credentials is 50'],
    ] as const) {
      const name = `${kind} ${here.id}`;
      const make = (): Promise<Reply> => here.owner.post('/v1/api-keys', { name, kind, scopes: ['actions:read'] });
      const { body } = await make();
      await copy(name, most - 1);
      await expectFull(make, says);
      if (kind === 'personal') continue; // the first one counts too
      expect((await here.owner.delete(`/v1/api-keys/${body.api_key.key_id}`)).status).toBe(200);
      expect((await make()).status).toBe(201);
    }
  });

  it('members of a workspace: 1000, even with an earlier invitation', async () => {
    const { body } = await here.owner.post('/v1/invitations', { email: 'late@example.com', role: 'viewer' });
    await sql(
      `with made as (
         insert into users (id, email, name)
         select gen_random_uuid(), g || '-' || $1 || '@example.com', 'x' from generate_series(1, 999) g returning id)
       insert into members (workspace_id, user_id, role) select $1::uuid, id, 'viewer' from made`,
      [here.id],
    );
    const accept = (): Promise<Reply> =>
      api.with().post('/v1/invitations/accept', { secret: body.secret, name: 'Late' });
    await expectFull(accept, 'members of this workspace is 1000');
  });

  it('workspaces of an owner: 50', async () => {
    const userId = await userIdOf(here.owner);
    const make = (): Promise<Reply> => here.owner.post('/v1/workspaces', { name: 'More' });
    expect((await make()).status).toBe(201);
    await sql(
      `with made as (insert into workspaces (id, name) select gen_random_uuid(), 'w' from generate_series(1, 48) returning id),
       me as (select k.person_id from api_keys k join members m on m.user_id = k.person_id where m.workspace_id = $1 limit 1)
       insert into members (workspace_id, user_id, role) select made.id, me.person_id, 'owner' from made, me`,
      [here.id],
    );
    expect(userId).toBeTruthy();
    await expectFull(make, 'workspaces that you own is 50');
  });

  it('the first credential of an invited person expires with the inviting one', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const scopes = (await here.owner.get('/v1/api-keys')).body.api_keys[0]?.scopes;
    const short = await here.owner.post('/v1/api-keys', { name: 'short', kind: 'personal', scopes, expires_at });
    const expiring = api.with(short.body.token ?? '');
    const { body } = await expiring.post('/v1/invitations', { email: 'ann@example.com', role: 'admin' });
    const accepted = await api.with().post('/v1/invitations/accept', { secret: body.secret, name: 'Ann' });
    expect([accepted.status, accepted.body.api_key.expires_at]).toEqual([201, expires_at]);
    const ann = api.with(accepted.body.token ?? '');
    const made = await ann.post('/v1/api-keys', { name: 'longer', kind: 'personal', scopes: ['actions:read'] });
    expect(made.body.api_key.expires_at).toBe(expires_at);
    const lasting = await join(api, here.owner, 'admin');
    const status = await lasting.by.get('/v1/api-keys');
    expect(status.body.api_keys.map((key) => key.expires_at)).toEqual([null]);
  });
});
