import { defineExecutor, done } from '@proviso/core/executor';
import { until } from '@proviso/testing';
import { z } from 'zod';
import { holdings, join, proposal, uuidOf, type Client, type Reply, type Tenant, useTenant } from './test-api.ts';

/** A provider that takes its time when it is told to. */
const provider = { isSlow: false, holds: [] as (() => void)[] };
const answer = (): void => {
  provider.isSlow = false;
  for (const go of provider.holds.splice(0)) go();
};
const ask = async (): Promise<Record<string, never>> => {
  if (provider.isSlow) await new Promise<void>((go) => provider.holds.push(go));
  return {};
};
const looking = defineExecutor<{ say: string }>({
  type: 'probe_looking',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params: z.strictObject({ say: z.string() }),
  resolve: async () => ask(),
  readCurrent: async () => ask(),
  preview: ({ say }) => ({ title: say, fields: [] }),
  execute: async () => done({}),
});

describe('a right that ends while a provider is asked', () => {
  const { api, here } = useTenant({ executors: [looking] });
  afterEach(answer);
  const body = { type: 'probe_looking', params: { say: 'hello' } };

  const ends: Record<string, (here: Tenant, userId: string, by: Client) => Promise<Reply>> = {
    'a member who is removed': (tenant, userId) => tenant.owner.delete(`/v1/members/${userId}`),
    'a member who is made a viewer': (tenant, userId) =>
      tenant.owner.patch(`/v1/members/${userId}`, { role: 'viewer' }),
    'a credential that is revoked': async (_here, _userId, by) => {
      const { key_id } = (await by.get('/v1/auth/status')).body;
      return by.delete(`/v1/api-keys/${key_id}`);
    },
  };
  type Asks = (by: Client, id: string, here: Tenant, mission: string) => Promise<Reply>;
  const verbs: Record<string, Asks> = {
    approve: (by, id) => by.post(`/v1/actions/${id}/approve`, { action: 'approve' }),
    edit: (by, id) => by.post(`/v1/actions/${id}/approve`, { action: 'edit', edits: { say: 'bye' } }),
    'approve in bulk': (by, id) => by.post('/v1/actions/approve/bulk', { action: 'approve', action_ids: [id] }),
    execute: (by, id) => by.post(`/v1/actions/${id}/execute`),
    'change and approve': (by, id) => by.patch(`/v1/actions/${id}`, { params: { say: 'x' }, require_approval: false }),
    change: (by, id) => by.patch(`/v1/actions/${id}`, { params: { say: 'x' } }),
    propose: (by, _, tenant) => by.post('/v1/actions', proposal(tenant, body)),
    'propose in bulk': (by, _, tenant) => by.post('/v1/actions/bulk', { actions: [proposal(tenant, body)] }),
    'approve in the second dialect': (by, id) => by.post(`/api/pending-actions/${uuidOf(id)}/approve`, {}),
    'approve a batch': (by, id, _, mission) =>
      by.post(`/api/pending-actions/batch/${mission}:probe_looking/approve`, {
        items: [{ pendingActionId: uuidOf(id) }],
      }),
  };
  const all = Object.keys(ends).flatMap((end) => Object.keys(verbs).map((verb) => ({ end, verb })));

  it.each(all)('cannot $verb: $end', async ({ end, verb }) => {
    const { by, user_id } = await join(api, here.owner, 'admin');
    await by.post('/v1/api-keys', { name: 'another', kind: 'personal', scopes: ['actions:read'] });
    const mission_id = crypto.randomUUID();
    const { action_id } = await here.pending({ ...body, mission_id });
    provider.isSlow = true;
    const call = verbs[verb]?.(by, action_id, here, mission_id) as Promise<Reply>;
    await until('the provider to be asked', () => provider.holds.length > 0);
    expect([200, 201]).toContain((await ends[end]?.(here, user_id, by))?.status);
    const before = await holdings(api.world, here);
    answer();
    expect((await call).status).toBe(end === 'a member who is made a viewer' ? 403 : 401);
    expect(await holdings(api.world, here)).toEqual(before);
  });
});
