import { execute, createAction, recoverLost, type ActionRow } from '@proviso/core';
import {
  defineExecutor,
  done,
  type Delivery,
  type Executor,
  type Outcome,
  type Reconciliation,
} from '@proviso/core/executor';
import { reread } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { z } from 'zod';

const hole: Record<string, unknown> = {};
hole.itself = hole;

/** What an executor without a compiler may do, before and after `begin`. */
const POISONS: Record<string, () => unknown> = {
  hangs: () => new Promise(() => undefined),
  throws: () => {
    throw new Error('poison');
  },
  'throws no error': () => {
    throw undefined as unknown as Error;
  },
  'returns nothing': () => undefined,
  'returns a number': () => 42,
  'returns a kind that there is not': () => ({ kind: 'fine' }),
  'returns an inherited name': () => ({ kind: 'toString' }),
  'refuses without a message': () => ({ kind: 'refused' }),
  'refuses with an object': () => ({ kind: 'refused', message: { no: 'text' } }),
  'waits for no time': () => ({ kind: 'retry', message: 'later', undone: true, afterMs: Number.NaN }),
  'is done with what holds itself': () => done(hole as never),
  'is done with 50 MB': () => done({ text: 'x'.repeat(50_000_000) }),
  'is done with a function': () => done((() => undefined) as never),
  'writes what throws': () => done({}, () => Promise.reject(new Error('poison'))),
};

const params = z.strictObject({ poison: z.string(), begins: z.boolean() });

const poison = (delivery: Delivery): Executor =>
  defineExecutor<z.output<typeof params>>({
    type: `poison_${delivery}`,
    version: 1,
    delivery,
    identity: 'none',
    params,
    timeoutMs: 300,
    ...(delivery === 'idempotent' && { keyLifetimeMs: 60_000 }),
    preview: () => ({ title: 'Poison', fields: [] }),
    execute: async ({ action, begin }) => {
      if (action.params.begins) await begin();
      return (await POISONS[action.params.poison]?.()) as Outcome;
    },
    reconcile: async () => 'garbage' as unknown as Reconciliation,
  });

describe('an executor that', () => {
  const world = useWorld({ executors: [poison('idempotent'), poison('at_most_once')] });
  const { workspace, owner } = useWorkspace(world);

  const create = (type: string, given: object): Promise<ActionRow> =>
    createAction(owner, { type, identity_id: workspace.identityId, params: given });

  const cases = Object.keys(POISONS).flatMap((name) =>
    [false, true].flatMap((begins) =>
      (['idempotent', 'at_most_once'] as const).map((delivery) => ({ name, begins, delivery })),
    ),
  );
  it.each(cases)('$name (begun: $begins, $delivery) gets a recorded outcome', async ({ name, begins, delivery }) => {
    const action = await create(`poison_${delivery}`, { poison: name, begins });
    await execute(world.worker(), action.id);
    const row = await reread(world, action);
    expect(['scheduled', 'completed', 'failed']).toContain(row.status);
    expect(row).toMatchObject({ lease_until: null, crashes: 0 });
    if (begins && delivery === 'at_most_once' && /^(hangs|throws|returns)/.test(name))
      expect(row).toMatchObject({ status: 'failed', status_reason: 'outcome_unknown' });
  });

  it('answers a reconciliation with garbage is ignored', async () => {
    const action = await create('poison_at_most_once', { poison: 'hangs', begins: true });
    await world.setAction(
      action.id,
      `status = 'running', status_before_run = 'scheduled', fence = 1, started_at = now(),
        effect_started_at = now(), lease_until = now() - interval '1 second'`,
    );
    await recoverLost(world.worker());
    expect(await reread(world, action)).toMatchObject({ status: 'failed', status_reason: 'outcome_unknown' });
  });

  it('hangs in every slot but one does not stop the others', async () => {
    const worker = world.worker();
    const stuck = await Promise.all(
      Array.from({ length: 8 }, () => create('poison_at_most_once', { poison: 'hangs', begins: true })),
    );
    const running = stuck.map((action) => execute(worker, action.id));
    const good = await Promise.all(Array.from({ length: 8 }, () => create('probe_idempotent', { say: 'well' })));
    await Promise.all(good.map((action) => execute(worker, action.id)));
    for (const action of good) expect((await reread(world, action)).status).toBe('completed');
    await Promise.all(running);
  });
});
