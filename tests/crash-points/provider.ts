import { parseId } from '@proviso/core';
import { defineExecutor, done, refused, retry, type Executor } from '@proviso/core/executor';
import { z } from 'zod';
import type { CrashInjector, Effect } from '@proviso/testing';

/**
 * What happens in an attempt. `lost_reply`: it worked, but the reply was lost; `cut`: it did not, and there was no
 * reply.
 */
const happens = z.enum(['done', 'busy', 'refused', 'lost_reply', 'cut']);

const params = z.strictObject({
  say: z.string(),
  /** By attempt; the last one repeats. */
  attempts: z.array(happens).min(1).default(['done']),
  /** The guard finds that what was approved is stale, once. */
  stale: z.boolean().default(false),
  /** Whether the provider can say what happened to a request. */
  answers: z.boolean().default(true),
});
type Params = z.output<typeof params>;

/** A provider that never crashes and keeps its own count. */
export interface FakeProvider {
  effects: Effect[];
  /** Guards that have run, by the text to send. */
  looked: Set<string>;
  /** A request waits for this before it is accepted. */
  gate: Promise<void>;
}

export const createFakeProvider = (): FakeProvider => ({ effects: [], looked: new Set(), gate: Promise.resolve() });

interface Request {
  action: string;
  /** Null: the provider treats every request as new. */
  key: string | null;
  say: string;
}

function take(provider: FakeProvider, { action, key, say }: Request): void {
  if (key !== null && provider.effects.some(({ identity }) => identity === key)) return;
  provider.effects.push({ action: uuid(action), identity: key ?? uuid(action), said: { say }, at: new Date() });
}

const uuid = (id: string): string => parseId('action', id) ?? id;

/** The executors of one process; each call goes through the crash injector. */
export const providerExecutors = (provider: FakeProvider, injector: CrashInjector): Executor[] =>
  (['idempotent', 'at_most_once'] as const).map((delivery) =>
    defineExecutor<Params>({
      type: `provider_${delivery}`,
      version: 1,
      delivery,
      identity: 'none',
      params,
      ...(delivery === 'idempotent' && { keyLifetimeMs: 3_600_000 }),
      preview: ({ say }) => ({ title: `Say ${say}`, fields: [{ label: 'Say', value: say }] }),
      guard: ({ say, stale }) =>
        injector.run('provider.look', async () => {
          const known = provider.looked.has(say);
          provider.looked.add(say);
          return stale && !known ? { kind: 'stale', changes: ['say'] } : { kind: 'ok' };
        }),
      execute: async ({ action, key, begin }) => {
        const { say, attempts } = action.params;
        const happening = attempts[action.attempt - 1] ?? attempts.at(-1) ?? 'done';
        await begin();
        await injector.run('provider.send', async () => {
          await provider.gate;
          if (happening === 'done' || happening === 'lost_reply')
            take(provider, { action: action.id, key: delivery === 'idempotent' ? key : null, say });
        });
        if (happening === 'busy') return retry('busy', { undone: true });
        if (happening === 'refused') return refused('no');
        return happening === 'done' ? done({ said: say }) : retry('no reply', { undone: false });
      },
      reconcile: ({ action }) =>
        injector.run('provider.find', async () => {
          if (!action.params.answers) return { kind: 'unknown' };
          const found = provider.effects.some((effect) => effect.action === uuid(action.id));
          return found ? { kind: 'done', result: { found } } : { kind: 'not_done' };
        }),
    }),
  );
