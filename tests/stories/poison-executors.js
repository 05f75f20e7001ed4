// Types that do what no type may, and one that works. Api and workers load them through PROVISO_EXECUTORS.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';

const kept = [];

const POISONS = {
  hang: () => new Promise(() => undefined),
  block: () => {
    for (;;);
  },
  exit: () => process.exit(1),
  allocate: async () => {
    for (;;) {
      kept.push(Array.from({ length: 100_000 }, () => ({})));
      await turn();
    }
  },
  throw: () => {
    throw new Error('poison');
  },
  garbage: () => ({ kind: 'fine' }),
};

const poison = (name) =>
  defineExecutor({
    type: `poison_${name}`,
    version: 1,
    delivery: 'at_most_once',
    identity: 'none',
    params: z.strictObject({ begins: z.boolean() }),
    timeoutMs: 1_000,
    preview: () => ({ title: 'Poison', fields: [] }),
    execute: async ({ action, begin }) => {
      if (action.params.begins) await begin();
      return POISONS[name]();
    },
  });

const good = defineExecutor({
  type: 'good',
  version: 1,
  delivery: 'idempotent',
  keyLifetimeMs: 3_600_000,
  identity: 'none',
  params: z.strictObject({}),
  preview: () => ({ title: 'Good', fields: [] }),
  execute: async ({ begin }) => {
    await begin();
    await sleep(100);
    return done({});
  },
});

export const executors = [good, ...Object.keys(POISONS).map(poison)];
