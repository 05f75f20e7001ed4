import { newId, verifyIdentity } from '@proviso/core';
import { defineExecutor, done } from '@proviso/core/executor';
import { until } from '@proviso/testing';
import { z } from 'zod';
import { uuidOf, type Reply, useTenant } from './test-api.ts';

/** A provider that answers when it is told to, and hears who asks while a transaction is open. */
const provider = { asked: 0, holds: [] as (() => void)[], isSlow: false };
const release = (): void => {
  provider.isSlow = false;
  for (const go of provider.holds.splice(0)) go();
};
const ask = async (): Promise<void> => {
  provider.asked += 1;
  if (provider.isSlow) await new Promise<void>((go) => provider.holds.push(go));
};

const looking = defineExecutor<{ say: string }>({
  type: 'probe_looking',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params: z.strictObject({ say: z.string() }),
  resolve: async () => {
    await ask();
    return {};
  },
  readCurrent: async () => {
    await ask();
    return {};
  },
  preview: ({ say }) => ({ title: say, fields: [] }),
  execute: async () => done({}),
});

describe('a transaction', () => {
  const { api, here } = useTenant({ executors: [looking] });
  beforeEach(() => {
    provider.asked = 0;
  });
  afterEach(release);
  const proposeOne = (more: object = {}) => here.pending({ type: 'probe_looking', params: { say: 'hello' }, ...more });
  const busy = (): number => api.world.db.pool.totalCount - api.world.db.pool.idleCount;

  it.each<[string, (ids: string[], mission: string) => Promise<Reply>]>([
    ['a bulk approval', (ids) => here.owner.post('/v1/actions/approve/bulk', { action: 'approve', action_ids: ids })],
    [
      'a bulk edit',
      (ids) => here.owner.post('/v1/actions/approve/bulk', { action: 'edit', action_ids: ids, edits: { say: 'bye' } }),
    ],
    [
      'a batch approval',
      (ids, mission) =>
        here.owner.post(`/api/pending-actions/batch/${mission}:probe_looking/approve`, {
          items: ids.map((id) => ({ pendingActionId: uuidOf(id) })),
        }),
    ],
    ['an approval', ([id]) => here.owner.post(`/v1/actions/${id}/approve`, { action: 'approve' })],
    ['a change', ([id]) => here.owner.patch(`/v1/actions/${id}`, { params: { say: 'bye' } })],
    [
      'a bulk proposal',
      () =>
        here.owner.post('/v1/actions/bulk', {
          actions: [1, 2].map(() => ({
            type: 'probe_looking',
            identity_id: here.identityId,
            params: { say: 'x' },
            require_approval: true,
          })),
        }),
    ],
  ])('is not open while a provider is called for %s, and others are served', async (_, decide) => {
    const there = await api.tenant();
    const mission = newId();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await proposeOne({ mission_id: mission })).action_id);
    provider.isSlow = true;
    const replies = Promise.all(Array.from({ length: 3 }, () => decide(ids, mission)));
    await until('the provider is asked by all', async () => provider.holds.length >= 3);
    await until('every connection is given back', async () => busy() === 0);
    expect((await there.owner.get('/v1/actions')).status).toBe(200);
    release();
    expect((await replies).map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(provider.asked).toBeGreaterThan(0);
  });

  it('never has a provider asked for more than a few rows of a bulk at a time', async () => {
    const action_ids: string[] = [];
    for (let count = 0; count < 40; count += 1) action_ids.push((await proposeOne()).action_id);
    provider.isSlow = true;
    const reply = here.owner.post('/v1/actions/approve/bulk', { action: 'approve', action_ids });
    await until('the provider is asked', async () => provider.holds.length > 0);
    await new Promise(setImmediate);
    expect(provider.holds.length).toBeLessThanOrEqual(16);
    release();
    expect((await reply).body.processed).toBe(40);
  });

  it('and a provider are spared by a bulk that comes again under its Idempotency-Key', async () => {
    const { action_id } = await proposeOne();
    const decide = () =>
      here.owner.post(
        '/v1/actions/approve/bulk',
        { action: 'approve', action_ids: [action_id] },
        { 'Idempotency-Key': 'k' },
      );
    const first = await decide();
    const asked = provider.asked;
    const again = await decide();
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    expect(provider.asked).toBe(asked);
  });

  it('fails if a provider is called inside it', async () => {
    const ctx = await here.as({});
    const asking = api.world.db.transaction(() => verifyIdentity(ctx, here.identityId, {}));
    await expect(asking).rejects.toThrow('was called inside a transaction');
  });
});
