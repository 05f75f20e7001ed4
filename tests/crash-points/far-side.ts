import { readId } from '@proviso/core';
import { defineExecutor, done, refused, retry, type Executor } from '@proviso/core/executor';
import type { Effect } from '@proviso/testing';
import { z } from 'zod';
import type { Doom } from './doomed.ts';

/** What happens in an attempt: `lost_reply` = it worked and nobody heard, `cut` = it did not, and nobody heard. */
const happens = z.enum(['done', 'busy', 'refused', 'lost_reply', 'cut']);

const params = z.strictObject({
  say: z.string(),
  /** By attempt; the last goes on. */
  attempts: z.array(happens).min(1).default(['done']),
  /** The guard finds what was approved to be out of date, once. */
  stale: z.boolean().default(false),
  /** Whether the far side can be asked what became of it. */
  answers: z.boolean().default(true),
});
type Params = z.output<typeof params>;

/** A provider that never crashes and keeps its own count. */
export interface FarSide {
  effects: Effect[];
  /** Guards that have looked, by what was to be said. */
  looked: Set<string>;
  /** A request waits for this before it is taken. */
  gate: Promise<void>;
}

export const createFarSide = (): FarSide => ({ effects: [], looked: new Set(), gate: Promise.resolve() });

interface Request {
  action: string;
  /** Null = the provider takes every request for a new one. */
  key: string | null;
  say: string;
}

function take(far: FarSide, { action, key, say }: Request): void {
  if (key !== null && far.effects.some(({ identity }) => identity === key)) return;
  far.effects.push({ action: uuid(action), identity: key ?? uuid(action), said: { say }, at: new Date() });
}

const uuid = (id: string): string => readId('action', id) ?? id;

/** The executors of one process, over its own way to the far side. */
export const farExecutors = (far: FarSide, doom: Doom): Executor[] =>
  (['idempotent', 'at_most_once'] as const).map((delivery) =>
    defineExecutor<Params>({
      type: `far_${delivery}`,
      version: 1,
      delivery,
      identity: 'none',
      params,
      ...(delivery === 'idempotent' && { keyLifetimeMs: 3_600_000 }),
      preview: ({ say }) => ({ title: `Say ${say}`, fields: [{ label: 'Say', value: say }] }),
      guard: ({ say, stale }) =>
        doom.run('far.look', async () => {
          const known = far.looked.has(say);
          far.looked.add(say);
          return stale && !known ? { kind: 'stale', changes: ['say'] } : { kind: 'ok' };
        }),
      execute: async ({ action, key, begin }) => {
        const { say, attempts } = action.params;
        const happening = attempts[action.attempt - 1] ?? attempts.at(-1) ?? 'done';
        await begin();
        await doom.run('far.send', async () => {
          await far.gate;
          if (happening === 'done' || happening === 'lost_reply')
            take(far, { action: action.id, key: delivery === 'idempotent' ? key : null, say });
        });
        if (happening === 'busy') return retry('busy', { undone: true });
        if (happening === 'refused') return refused('no');
        return happening === 'done' ? done({ said: say }) : retry('no reply', { undone: false });
      },
      reconcile: ({ action }) =>
        doom.run('far.find', async () => {
          if (!action.params.answers) return { kind: 'unknown' };
          const found = far.effects.some((effect) => effect.action === uuid(action.id));
          return found ? { kind: 'done', result: { found } } : { kind: 'not_done' };
        }),
    }),
  );
