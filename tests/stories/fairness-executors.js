// Types that take no time, and types that take long. Api and workers load them through PROVISO_EXECUTORS.
import { setTimeout as sleep } from 'node:timers/promises';
import { defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';

const type = (name, work) =>
  defineExecutor({
    type: name,
    version: 1,
    delivery: 'idempotent',
    keyLifetimeMs: 3_600_000,
    identity: 'none',
    params: z.strictObject({ ms: z.number().optional() }),
    timeoutMs: 60_000,
    preview: () => ({ title: 'Work', fields: [] }),
    execute: async ({ action, begin, signal }) => {
      await begin();
      await work(action.params, signal);
      return done({});
    },
  });

const long = ({ ms }, signal) => sleep(ms, undefined, { signal });

export const executors = [
  type('quick', async () => undefined),
  ...['long_a', 'long_b', 'long_c', 'long_d'].map((name) => type(name, long)),
];
