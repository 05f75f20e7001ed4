import {
  COMMON_ENVIRONMENT,
  commonConfig,
  milliseconds,
  port,
  readEnvironment,
  type CommonConfig,
} from '@proviso/core';
import { EXECUTOR_ENVIRONMENT, executorSettings, type ProviderSettings } from '@proviso/executors';
import { z } from 'zod';

/** `type=number`, with commas. */
const limits = z
  .string()
  .default('')
  .transform((text, ctx) => {
    const parts = text.split(',').flatMap((part) => part.trim() || []);
    return new Map(
      parts.flatMap((part): [string, number][] => {
        const [, type, most] = /^(\S+?)\s*=\s*([1-9]\d{0,2})$/.exec(part) ?? [];
        if (type) return [[type, Number(most)]];
        ctx.addIssue(`${part} must be type=number with a number from 1 to 999, such as email_message=4,create_note=2`);
        return [];
      }),
    );
  });

/** What only a worker reads. */
export const WORKER_ENVIRONMENT = {
  PROVISO_WORKER_PORT: port()
    .optional()
    .meta({ description: 'the port of `/livez`, `/readyz` and [`/metrics`](metrics.md)', absent: 'nothing is served' }),
  PROVISO_WORKER_HOST: z.string().default('127.0.0.1').describe('the address of that port'),
  PROVISO_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe(
      'slots: how many actions run at a time. A reserve of a quarter more is for workspaces that run nothing in this process while others have all slots. The pool has four connections plus half the number of slots and reserve, and one for heartbeats',
    ),
  PROVISO_TYPE_CONCURRENCY: limits.meta({
    description:
      "the maximum number of actions of a type that run at a time in this process, as `email_message=4,send_slack_message=2`; 1 to 999; also for the name of a workspace's tool",
    absent: 'the limit of each executor, else three quarters of the above',
  }),
  PROVISO_GRACE_MS: milliseconds(65_000, 'how long a shutdown waits for running actions'),
};

const environment = z.object({ ...COMMON_ENVIRONMENT, ...EXECUTOR_ENVIRONMENT, ...WORKER_ENVIRONMENT });

export interface WorkerConfig extends CommonConfig {
  providers: ProviderSettings;
  /** The port of /livez and /readyz; absent = they are not served. */
  port: number | undefined;
  host: string;
  /** Actions at a time. */
  concurrency: number;
  /** Actions of a type at a time; overrides the executor's limit. */
  typeConcurrency: ReadonlyMap<string, number>;
  /** How long a shutdown waits for running actions. */
  graceMs: number;
}

/** Reads the environment; throws one error that lists every fault. */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const read = readEnvironment(environment, env);
  return {
    ...commonConfig(read),
    providers: executorSettings(read),
    port: read.PROVISO_WORKER_PORT,
    host: read.PROVISO_WORKER_HOST,
    concurrency: read.PROVISO_CONCURRENCY,
    typeConcurrency: read.PROVISO_TYPE_CONCURRENCY,
    graceMs: read.PROVISO_GRACE_MS,
  };
}
