import {
  defineExecutor,
  done,
  refused,
  retry,
  unknown,
  type Delivery,
  type Executor,
  type Outcome,
} from '@proviso/core/executor';
import { z } from 'zod';

/** The params decide what a probe does, so that a test reads like a table. */
const params = z.strictObject({
  say: z.string().max(1000).default(''),
  outcome: z
    .enum(['done', 'refused', 'retry', 'retry_unsure', 'unavailable', 'unknown', 'throw', 'hang'])
    .default('done'),
  begin: z.boolean().default(true),
  guard: z.enum(['ok', 'stale', 'refused', 'later', 'throw', 'hang']).default('ok'),
  settles: z.enum(['done', 'not_done', 'unknown']).default('unknown'),
  after_ms: z.int().optional(),
});
type ProbeParams = z.output<typeof params>;

/** One effect of a probe, as a provider would count it. */
export interface ProbeEffect {
  action: string;
  say: string;
  key: string;
  attempt: number;
}

/** Every effect of every probe in this process, in order. */
const probeEffects: ProbeEffect[] = [];

export const effectsOf = (actionId: string): ProbeEffect[] => probeEffects.filter(({ action }) => action === actionId);

const probe = (delivery: Delivery): Executor =>
  defineExecutor<ProbeParams>({
    type: `probe_${delivery}`,
    version: 1,
    delivery,
    identity: 'none',
    params,
    ...(delivery === 'idempotent' && { keyLifetimeMs: 60_000 }),
    preview: ({ say }) => ({ title: `Say ${say}`, fields: [{ label: 'Say', value: say }] }),
    guard: async ({ guard }) => {
      if (guard === 'hang') await new Promise(() => undefined);
      if (guard === 'throw') throw new Error('guard is broken');
      if (guard === 'stale') return { kind: 'stale', changes: ['say'] };
      if (guard === 'refused') return { kind: 'refused', message: 'no' };
      return guard === 'later' ? { kind: 'later', message: 'not now', afterMs: 60_000 } : { kind: 'ok' };
    },
    execute: async ({ action, key, begin, signal }): Promise<Outcome> => {
      const { say, outcome, after_ms } = action.params;
      if (action.params.begin) await begin();
      if (outcome === 'throw') throw new Error('probe is broken');
      if (outcome === 'hang')
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      if (outcome === 'refused') return refused('the provider said no');
      if (outcome === 'retry')
        return retry('busy', { undone: true, ...(after_ms !== undefined && { afterMs: after_ms }) });
      if (outcome === 'unavailable') return retry('away', { undone: true, unavailable: true });
      probeEffects.push({ action: action.id, say, key, attempt: action.attempt });
      if (outcome === 'retry_unsure') return retry('no reply', { undone: false });
      return outcome === 'unknown' ? unknown('no reply') : done({ said: say });
    },
    reconcile: async ({ action }) => {
      const { settles } = action.params;
      return settles === 'done' ? { kind: 'done', result: { found: true } } : { kind: settles };
    },
  });

/** One probe per delivery guarantee: probe_transactional, probe_idempotent, probe_at_most_once. */
export const probeExecutors: Executor[] = [probe('transactional'), probe('idempotent'), probe('at_most_once')];
