import { COMMON_ENVIRONMENT, commonConfig, milliseconds, readEnvironment, type CommonConfig } from '@proviso/core';
import { EXECUTOR_ENVIRONMENT, executorSettings, type FarSides } from '@proviso/executors';
import { z } from 'zod';

const environment = z.object({
  ...COMMON_ENVIRONMENT,
  ...EXECUTOR_ENVIRONMENT,
  PROVISO_WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  PROVISO_WORKER_HOST: z.string().default('127.0.0.1'),
  PROVISO_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16),
  PROVISO_GRACE_MS: milliseconds(65_000),
});

export interface WorkerConfig extends CommonConfig {
  farSides: FarSides;
  /** Where /livez and /readyz answer; absent = nowhere. */
  port: number | undefined;
  host: string;
  /** Actions at a time. */
  concurrency: number;
  /** How long a stop waits for what runs. */
  graceMs: number;
}

/** Reads the environment; throws one error that names every fault. */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const read = readEnvironment(environment, env);
  return {
    ...commonConfig(read),
    farSides: executorSettings(read),
    port: read.PROVISO_WORKER_PORT,
    host: read.PROVISO_WORKER_HOST,
    concurrency: read.PROVISO_CONCURRENCY,
    graceMs: read.PROVISO_GRACE_MS,
  };
}
