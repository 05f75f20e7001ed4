import { ROLES, SCOPES, pendingErrorBody } from '@proviso/contracts';
import { execute, expireOpen, newId, formatId, hashToken, newToken, openRateLimits } from '@proviso/core';
import { inFuture, uuidOf, useTenant, type Tenant, type Client, clientOf, codeOf, type Reply } from './test-api.ts';
import { asking, at, waiting } from './pending-client.ts';

const { api, here } = useTenant();

describe('GET /api/pending-actions/{pa_id}', () => {
  const get = async (tenant: Tenant, id: string) => (await asking(tenant.owner).get(`/${id}`)).body;
  const approve = (tenant: Tenant, id: string, body: object = {}) => asking(tenant.owner).post(`/${id}/approve`, body);

  describe('the resource', () => {
    const missionId = newId();
    const SHAPE: [string, (here: Tenant) => unknown][] = [
      ['id', () => expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)],
      ['workspaceId', ({ id }) => id],
      ['missionId', () => missionId],
      ['sessionId', () => 'ses_1'],
      ['batchId', () => `${missionId}:probe_idempotent`],
      ['toolName', () => 'probe_idempotent'],
      ['toolInput', () => expect.objectContaining({ say: 'hello', after_ms: 1 })],
      ['preview', () => ({ title: 'Say hello', summary: 'Say hello', fields: [{ label: 'Say', value: 'hello' }] })],
      ['status', () => 'pending'],
      ['userEdits', () => null],
      ['result', () => null],
      ['error', () => null],
      ['createdAt', () => expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)],
      ['resolvedAt', () => null],
      ['executedAt', () => null],
      ['identityId', ({ identityId }) => identityId],
      ['scheduledTime', () => '2100-01-01T00:00:00.000Z'],
      ['expiresAt', () => '2100-01-02T00:00:00.000Z'],
      ['paramsHash', () => expect.stringMatching(/^[0-9a-f]{64}$/)],
      ['previewSource', () => 'server'],
      ['comment', () => null],
      ['resolvedBy', () => null],
      ['redactedAt', () => null],
    ];
    const proposed = async (tenant: Tenant) =>
      get(
        tenant,
        await waiting(tenant, {
          params: { say: 'hello', after_ms: 1 },
          mission_id: missionId.toUpperCase(),
          session_id: 'ses_1',
          scheduled_time: '2100-01-01T00:00:00Z',
          expires_at: '2100-01-02T00:00:00Z',
        }),
      );

    it.each(SHAPE)('has %s', async (field, expected) => {
      expect(await proposed(here)).toHaveProperty(field, expected(here));
    });

    it('has these fields in this order, and no others', async () => {
      expect(Object.keys(await proposed(await api.tenant()))).toEqual(SHAPE.map(([field]) => field));
    });

    it('has the same hash as on /v1', async () => {
      const { action_id, params_hash } = await here.pending();
      expect((await get(here, uuidOf(action_id))).paramsHash).toBe(params_hash);
    });

    it('has null for missionId, sessionId and batchId without a mission', async () => {
      expect(await get(here, await waiting(here))).toMatchObject({ missionId: null, sessionId: null, batchId: null });
    });
  });

  describe('shows as', () => {
    const run = async (id: string) => execute(api.world.worker(), id);
    const LIVES: [string, object, (here: Tenant, id: string) => Promise<unknown>, object][] = [
      ['pending', {}, async () => undefined, { status: 'pending', resolvedAt: null, executedAt: null }],
      [
        'approved',
        { scheduled_time: inFuture() },
        approve,
        { status: 'approved', resolvedAt: expect.any(String), executedAt: null, result: null, error: null },
      ],
      [
        'executed',
        {},
        async (tenant, id) => (await approve(tenant, id), run(id)),
        { status: 'executed', executedAt: expect.any(String), result: { said: 'hello' }, error: null },
      ],
      [
        'failed, its error beginning with the code',
        { params: { say: 'x', outcome: 'refused' } },
        async (tenant, id) => (await approve(tenant, id), run(id)),
        { status: 'failed', executedAt: null, result: null, error: 'provider_refused: the provider said no' },
      ],
      [
        'rejected',
        {},
        (tenant, id) => asking(tenant.owner).post(`/${id}/reject`),
        { status: 'rejected', resolvedAt: expect.any(String), executedAt: null, error: null },
      ],
      [
        'rejected, when it was cancelled',
        {},
        (tenant, id) => tenant.owner.post(`/v1/actions/${formatId('action', id)}/cancel`),
        { status: 'rejected', resolvedAt: expect.any(String), error: 'cancelled' },
      ],
      [
        'rejected, when it expired undecided',
        { expires_at: inFuture() },
        async (_, id) => {
          await api.world.setAction(id, 'expires_at = now()');
          await expireOpen(api.world.worker());
        },
        { status: 'rejected', resolvedAt: expect.any(String), error: 'cancelled: approval_expired' },
      ],
    ];

    it.each(LIVES)('%s', async (_, more, live, expected) => {
      const id = await waiting(here, more);
      await live(here, id);
      expect(await get(here, id)).toMatchObject(expected);
    });
  });

  it('200: the full resource, for every role that may read', async () => {
    const id = await waiting(here);
    for (const role of ROLES) {
      const reader = await here.client({ role, scopes: ['actions:read'] });
      expect((await asking(reader).get(`/${id}`)).status).toBe(200);
    }
  });

  it('200: takes the TypeID of /v1 too', async () => {
    const id = await waiting(here);
    expect((await get(here, formatId('action', id))).id).toBe(id);
  });

  it('404 NOT_FOUND: no such id, a malformed one, and an action that never waited for a person', async () => {
    const cleared = uuidOf((await here.propose()).action_id);
    for (const id of [newId(), 'pa-1', formatId('contact', newId()), cleared])
      await here.refuses('NOT_FOUND', () => here.owner.get(`${at}/${id}`));
  });

  it('shows an action from the moment that it waits for a person, forever', async () => {
    const { action_id } = await here.propose({ scheduled_time: inFuture() });
    const recall = { require_approval: true };
    expect((await here.owner.patch(`/v1/actions/${action_id}`, recall)).body.action.status).toBe('pending_approval');
    expect((await get(here, uuidOf(action_id))).status).toBe('pending');
    await asking(here.owner).post(`/${action_id}/reject`);
    expect((await get(here, uuidOf(action_id))).status).toBe('rejected');
  });

  it('reveals nothing about another workspace’s action that never waited', async () => {
    const there = await api.tenant();
    const { action_id } = await there.propose();
    await here.refuses('NOT_FOUND', () => here.owner.get(`${at}/${uuidOf(action_id)}`));
  });
});

describe('GET /api/pending-actions', () => {
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

/** One request for every code that no other test of this dialect has. */
const KINDS: [status: number, code: string, (here: Tenant, nobody: Client) => Promise<Reply>][] = [
  [401, 'UNAUTHORIZED', (_, nobody) => nobody.get(at)],
  [404, 'NOT_FOUND', ({ owner }) => owner.get(`${at}/a/b/c`)],
  [405, 'METHOD_NOT_ALLOWED', ({ owner }) => owner.raw('delete', `${at}/${newId()}`)],
  [413, 'PAYLOAD_TOO_LARGE', ({ owner }) => owner.post(at, { toolInput: 'x'.repeat(1024 * 1024) })],
  [415, 'UNSUPPORTED_MEDIA_TYPE', ({ owner }) => owner.raw('post', at, 'a=1', { 'Content-Type': 'text/plain' })],
  [422, 'validation', ({ owner }) => owner.raw('post', at, '{"toolName":')],
  [422, 'validation', ({ owner }) => owner.raw('post', at, '{"toolName":"x","toolName":"x"}')],
  [422, 'validation', ({ owner }) => owner.raw('post', at, `{"toolInput":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`)],
  [422, 'validation', ({ owner }) => owner.post(at, {}, { 'Idempotency-Key': 'x'.repeat(256) })],
];

describe('errors of /api/pending-actions', () => {
  it.each(KINDS)('%i %s has the one body', async (status, code, ask) => {
    const reply = await ask(here, api.with());
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
    expect(pendingErrorBody.strict().parse(reply.body)).toEqual(reply.body);
    expect(reply.headers['x-request-id']).toMatch(/\S/);
  });

  it('409 INVALID_STATE carries no action: it is read again', async () => {
    const id = await waiting(here);
    await asking(here.owner).post(`/${id}/reject`);
    const { body } = await asking(here.owner).post(`/${id}/approve`);
    expect(pendingErrorBody.strict().parse(body)).toEqual(body);
  });

  it('429 RATE_LIMITED says when again', async () => {
    const url = await api.another({}, { limits: openRateLimits({ perMinute: 1 }) });
    const by = clientOf(url, await here.token({}));
    const ask = () => by.get(at, { workspace_id: here.id });
    expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect([refused.status, codeOf(refused)]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});
