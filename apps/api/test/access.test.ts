import { SCOPES, type Scope } from '@proviso/contracts';
import { authenticate, formatId, hashToken, newId } from '@proviso/core';
import { routes as allRoutes } from '../src/app.ts';
import { dialectAt } from '../src/dialect.ts';
import type { Route } from '../src/route.ts';
import { until, type Who } from '@proviso/testing';
import { BODIES, QUERIES } from './bodies.ts';
import { addressOf, seedWorkspace, type SeededWorkspace } from './seeded-workspace.ts';
import { holdings, useApi, type Client, type Method, type Reply, type Tenant } from './test-api.ts';

/** All but the one that strangers use: credentials.test.ts. */
const routes = allRoutes.filter(({ handleOutsider }) => !handleOutsider);

const names = (text: string): string[] => text.trim().split(/\s+/);

/** Open to every valid token, or to every person for what is their own. */
const OPEN = ['getAuthStatus', 'listKeys'];
/** A person's own account, whatever their role: sessions.test.ts. */
const ACCOUNT = ['getMe', 'setPassword', 'listSessions', 'revokeSession'];
/** What people who decide do with each other. */
const REVIEWERS_TOGETHER = names(`
  reportReading assignAction commentOnAction snoozeAction unsnoozeAction listSnoozes listReviewers createView
  listViews deleteView getNotificationSettings updateNotificationSettings subscribePush unsubscribePush
`);
/** For people, and for keys that were created for it. */
const DECISIONS = names(`
  recallAction confirmOutcome decideAction rejectAction bulkDecideActions decideRunAction rejectRunAction
  approvePendingAction rejectPendingAction batchApprovePendingActions
`);
/** People, and not a key however much it may do. */
const PERSONAL_ONLY = [
  ...ACCOUNT,
  ...REVIEWERS_TOGETHER,
  ...names(`
  createInvitation listInvitations revokeInvitation updateMember removeMember createWorkspace listWorkspaces
`),
];
/** Not for agents, whatever their scopes. */
const PEOPLE_ONLY = [
  ...ACCOUNT,
  ...REVIEWERS_TOGETHER,
  ...DECISIONS,
  ...names(`
  updateSettings createLegalHold listLegalHolds releaseLegalHold exportWorkspace createErasure getErasure removeDemo createIdentity updateIdentity deleteIdentity verifyIdentity createTool deleteTool
  createGateway updateGateway deleteGateway refreshGateway reviewGatewayTools createWebhook updateWebhook
  deleteWebhook rotateWebhookSecret replayDelivery replayFailedDeliveries pauseWork resumeWork createKey
  listKeys revokeKey createInvitation listInvitations revokeInvitation listMembers updateMember removeMember
  createWorkspace listWorkspaces createAgent updateAgent deleteAgent
`),
];
/** What a reviewer may do beyond reading. */
const REVIEWING = [...REVIEWERS_TOGETHER, ...DECISIONS, 'proposeAgain', 'runActionNow'];

/** The scopes that the document says it needs, but for those that only some requests to it need. */
const FOR_SOME: Record<string, Scope> = {
  createAgent: 'workspace:admin',
  updateAgent: 'workspace:admin',
  pauseWork: 'instance:operate',
  resumeWork: 'instance:operate',
};
const scopesOf = ({ operationId, description }: Route): Scope[] =>
  SCOPES.filter((scope) => description.includes(`\`${scope}\``) && FOR_SOME[operationId] !== scope);
/** No id of anything: malformed, or of another kind. */
const NO_IDS = ['x', 'act_', '%00', '%20', "'", formatId('action', newId()), formatId('contact', newId())];

const NO_TOKENS = [`pv_12345678_${'x'.repeat(40)}`, 'x', "'or'1'='1"];

const named = (list: readonly Route[]): [string, Route][] =>
  list.map((route) => [`${route.method} ${route.path} (${route.operationId})`, route]);
const writes = routes.filter(({ method, operationId }) => method !== 'get' && !ACCOUNT.includes(operationId));
const guarded = routes.filter(({ operationId }) => ![...OPEN, ...ACCOUNT].includes(operationId));
const second = routes.filter(({ path }) => dialectAt(path) === 'pending-actions');
const addressed = routes.filter((route) => route.path.includes('{') && !second.includes(route));
/** Somebody without the right does not even learn that the workspace has such a key. */
const forbidden = ({ operationId }: Route) => (operationId === 'revokeKey' ? 'NOT_FOUND' : 'FORBIDDEN');
const unauthenticated = (route: Route) => (second.includes(route) ? 'UNAUTHORIZED' : 'UNAUTHENTICATED');

describe('access', () => {
  const api = useApi();

  /** Refusals leave a workspace as it was, which each of them shows, and share these. What is done has one of its own. */
  let here: SeededWorkspace;
  let there: SeededWorkspace;
  let dead: string[];
  beforeAll(async () => {
    here = await seedWorkspace(api);
    there = await seedWorkspace(api);
    dead = await Promise.all(['revoked_at', 'expires_at'].map((column) => deadToken(here, column)));
  });

  const callers = new Map<string, Promise<Client>>();
  /** The same caller for each route. */
  function caller(who: Who): Promise<Client> {
    const name = JSON.stringify(who);
    const by = callers.get(name) ?? here.client(who);
    callers.set(name, by);
    return by;
  }

  function call(by: Client, route: Route, office: SeededWorkspace): Promise<Reply> {
    const path = addressOf(route, office);
    const query = QUERIES[route.operationId]?.(office);
    if (query) return by.get(path, query);
    const body = BODIES[route.operationId];
    if (route.body && !body) throw new Error(`give ${route.operationId} a body in BODIES`);
    return by.raw(route.method as Method, path, body && JSON.stringify(body(office)));
  }

  /** A reviewer deletes only what they saved. */
  const ownView = async (by: Client): Promise<string> =>
    (await by.post('/v1/views', { name: 'Own', filters: {} })).body.view.view_id;

  /** A token that worked, until that time came. */
  async function deadToken(office: Tenant, column: string): Promise<string> {
    const token = await office.token({});
    expect(await authenticate(api.world.db, token)).toHaveLength(1);
    const where = { token_hash: hashToken(token) };
    await api.world.db.tables.api_keys.update({ where, data: { [column]: new Date(Date.now() - 1_000) } });
    return token;
  }

  it('covers every route that accepts a body', () => {
    expect(
      routes
        .filter(({ body }) => body)
        .map(({ operationId }) => operationId)
        .sort(),
    ).toEqual(Object.keys(BODIES).sort());
  });

  describe.each(named(routes))('%s', (_, route) => {
    it('refuses a missing token, an unknown token, and revoked or expired keys', async () => {
      const tokens = [undefined, ...NO_TOKENS, ...dead];
      await here.refusesEach(
        unauthenticated(route),
        tokens.map((token) => () => call(api.with(token), route, here)),
      );
    });
  });

  describe.each(named(guarded))('%s', (_, route) => {
    const needed = scopesOf(route);

    it('refuses a token without scopes, and one that has all but a scope that the document names', async () => {
      const lacking = [[], ...needed.map((one) => SCOPES.filter((scope) => scope !== one))];
      const by = await Promise.all(lacking.map((scopes) => caller({ scopes })));
      await here.refusesEach(
        forbidden(route),
        by.map((each) => () => call(each, route, here)),
      );
    });

    /** Those who grant scopes need them themselves: credentials.test.ts. Others’ views are for admins: reviewing.test.ts. */
    const more = needed.length === 0 || needed.includes('workspace:admin') || route.operationId === 'deleteView';
    const enough = more ? [...SCOPES] : needed;
    it.each([
      ['an admin', { role: 'admin', scopes: [...SCOPES] }],
      ['an owner with the scopes that the document names', { role: 'owner', scopes: enough }],
    ] as const)('accepts %s, so the refusals here are about the caller', async (_who, who) => {
      const reads = route.method === 'get';
      const office = reads ? here : await seedWorkspace(api);
      const by = { ...who, scopes: [...who.scopes] };
      expect((await call(await (reads ? caller(by) : office.client(by)), route, office)).status).toBe(
        route.status ?? 200,
      );
    });
  });

  describe.each(named(addressed))('%s', (_, route) => {
    it('answers 404 for ids of another workspace and changes neither', async () => {
      const before = await holdings(api.world, there);
      await here.refuses('NOT_FOUND', () => call(here.owner, route, { ...here, ids: there.ids }));
      expect(await holdings(api.world, there)).toEqual(before);
    });

    it('answers the same for an id that does not exist, is malformed, or is of something else', async () => {
      const of = ({ status, body: { error, code, details } }: Reply) => ({ status, error, code, details });
      const strange = of(await call(here.owner, route, { ...here, ids: there.ids }));
      for (const none of [newId(), ...NO_IDS]) {
        const ids = Object.fromEntries(Object.keys(here.ids).map((name) => [name, none]));
        expect([none, of(await call(here.owner, route, { ...here, ids }))]).toEqual([none, strange]);
      }
    });
  });

  describe.each(named(second))('%s', (_, route) => {
    it('refuses the owner of another workspace and changes neither', async () => {
      const before = await holdings(api.world, there);
      await here.refuses('FORBIDDEN', () => call(here.owner, route, there));
      expect(await holdings(api.world, there)).toEqual(before);
    });
  });

  describe.each(named(second.filter(({ path }) => path.includes('{'))))('%s', (_, route) => {
    it('answers 404 for an id that does not exist', async () => {
      const ids = { pa_id: newId(), batch_id: `${newId()}:probe_idempotent` };
      await here.refuses('NOT_FOUND', () => call(here.owner, route, { ...here, ids }));
    });
  });

  describe.each(named(writes))('%s', (_, route) => {
    it('refuses a viewer with every scope', async () => {
      const by = await caller({ role: 'viewer' });
      await here.refuses(forbidden(route), () => call(by, route, here));
    });

    it(`${REVIEWING.includes(route.operationId) ? 'takes' : 'refuses'} a reviewer`, async () => {
      const may = REVIEWING.includes(route.operationId);
      const office = may ? await seedWorkspace(api) : here;
      const by = await (may ? office.client({ role: 'reviewer' }) : caller({ role: 'reviewer' }));
      if (route.operationId === 'deleteView') office.ids.view_id = await ownView(by);
      if (may) expect((await call(by, route, office)).status).toBe(route.status ?? 200);
      else await office.refuses(forbidden(route), () => call(by, route, office));
    });

    it('refuses a read-only token', async () => {
      const by = await caller({
        scopes: ['actions:read', 'contacts:read', 'companies:read', 'identities:read', 'agents:read'],
      });
      await here.refuses(forbidden(route), () => call(by, route, here));
    });
  });

  describe.each(named(routes.filter(({ operationId }) => DECISIONS.includes(operationId))))('%s', (_, route) => {
    it('refuses a key that does not decide', async () => {
      const by = await caller({ key: true });
      await here.refuses('FORBIDDEN', () => call(by, route, here));
    });
  });

  describe.each(named(routes.filter(({ operationId }) => PERSONAL_ONLY.includes(operationId))))('%s', (_, route) => {
    it('refuses a key of the workspace with every scope, which decides', async () => {
      const by = await caller({ role: 'owner', key: true, decides: true });
      await here.refuses('FORBIDDEN', () => call(by, route, here));
    });
  });

  describe.each(named(routes.filter(({ operationId }) => PEOPLE_ONLY.includes(operationId))))('%s', (_, route) => {
    it('refuses an agent with every scope and an owner’s role', async () => {
      const by = await caller({ role: 'owner', agent: 'bot' });
      await here.refuses('FORBIDDEN', () => call(by, route, here));
    });
  });

  it('tells a token who it is', async () => {
    const office = await api.tenant();
    const agent = await office.client({ agent: 'bot', role: 'reviewer', scopes: ['actions:read'] });
    const { status, body } = await agent.get('/v1/auth/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'success',
      authenticated: true,
      auth_type: 'agent_key',
      key_id: expect.stringMatching(/^key_/),
      scopes: ['actions:read'],
      user: null,
      role: 'reviewer',
      decides: false,
      workspace_id: office.id,
      agent_id: expect.stringMatching(/^agt_/),
    });
    expect((await (await office.client({ scopes: [] })).get('/v1/auth/status')).body).toMatchObject({
      auth_type: 'personal',
      scopes: [],
      user: { user_id: expect.stringMatching(/^usr_/), role: 'owner' },
      decides: true,
      agent_id: null,
    });
    expect((await (await office.client({ key: true })).get('/v1/auth/status')).body).toMatchObject({
      auth_type: 'workspace_key',
      user: null,
      role: 'admin',
      decides: false,
    });
  });

  it.each([
    ['Bearer', (token: string) => `Bearer ${token}`, 200],
    ['bearer in lower case', (token: string) => `bearer ${token}`, 200],
    ['Basic', (token: string) => `Basic ${Buffer.from(`x:${token}`).toString('base64')}`, 401],
    ['the token alone', (token: string) => token, 401],
    ['two tokens', (token: string) => `Bearer ${token} ${token}`, 401],
  ])('reads the header: %s', async (_, header, status) => {
    const office = await api.tenant();
    const Authorization = header(await office.token({}));
    expect((await api.with().raw('get', '/v1/auth/status', undefined, { Authorization })).status).toBe(status);
  });

  it.each(['access_token', 'api_key', 'token'])('ignores a token in the query: ?%s', async (name) => {
    const office = await api.tenant();
    expect((await api.with().get('/v1/auth/status', { [name]: await office.token({}) })).status).toBe(401);
  });

  it('stores the hash of a token and never the token', async () => {
    const office = await api.tenant();
    const token = await office.token({});
    const { rows } = await api.world.db.pool.query<{ row: object }>(
      'select to_jsonb(k) as row from api_keys k where token_hash = $1',
      [hashToken(token)],
    );
    expect(JSON.stringify(rows)).not.toContain(token.slice(12));
  });

  it('applies a change of role at the next write, and soon to what is read', async () => {
    const office = await seedWorkspace(api);
    const by = await office.client({});
    await api.world.db.tables.members.updateMany({ where: { workspace_id: office.id }, data: { role: 'viewer' } });
    await office.refuses('FORBIDDEN', () => by.post('/v1/actions', BODIES.createAction?.(office)));
    await api.world.db.tables.members.deleteMany({ where: { workspace_id: office.id } });
    await office.refuses('UNAUTHENTICATED', () => by.post('/v1/contacts', { email: 'bob@example.com' }));
    await until('reads to be refused', async () => (await by.get('/v1/actions')).status === 401);
  });
});
