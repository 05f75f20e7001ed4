import { ROLES } from '@proviso/contracts';
import { execute, expireOpen, newId, formatId } from '@proviso/core';
import { inFuture, uuidOf, useTenant, type Tenant } from './test-api.ts';
import { asking, at, waiting } from './pending-client.ts';

describe('GET /api/pending-actions/{pa_id}', () => {
  const { api, here } = useTenant();
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
          await api.world.db.pool.query('update actions set expires_at = now() where id = $1', [id]);
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
