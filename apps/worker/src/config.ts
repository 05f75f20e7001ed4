import { COMMON_ENVIRONMENT, commonConfig, PACE, readEnvironment, type CommonConfig, type Pace } from '@proviso/core';
import { EXECUTOR_ENVIRONMENT, executorSettings, type FarSides } from '@proviso/executors';
import { z } from 'zod';

const ms = (fallback: number) => z.coerce.number().int().min(10).max(3_600_000).default(fallback);

const environment = z
  .object({
    ...COMMON_ENVIRONMENT,
    ...EXECUTOR_ENVIRONMENT,
    PROVISO_WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
    PROVISO_WORKER_HOST: z.string().default('127.0.0.1'),
    PROVISO_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16),
    PROVISO_LEASE_MS: ms(PACE.leaseMs),
    PROVISO_HEARTBEAT_MS: ms(PACE.heartbeatMs),
    PROVISO_SWEEP_MS: ms(PACE.sweepMs),
    PROVISO_BACKOFF_MS: ms(PACE.backoffBaseMs),
    PROVISO_EXECUTE_TIMEOUT_MS: ms(PACE.timeoutMs),
    PROVISO_GRACE_MS: ms(65_000),
  })
  .refine((env) => env.PROVISO_HEARTBEAT_MS * 2 < env.PROVISO_LEASE_MS, {
    path: ['PROVISO_HEARTBEAT_MS'],
    message: 'must be less than half of PROVISO_LEASE_MS',
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
  pace: Pace;
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
    pace: {
      ...PACE,
      leaseMs: read.PROVISO_LEASE_MS,
      heartbeatMs: read.PROVISO_HEARTBEAT_MS,
      sweepMs: read.PROVISO_SWEEP_MS,
      backoffBaseMs: read.PROVISO_BACKOFF_MS,
      timeoutMs: read.PROVISO_EXECUTE_TIMEOUT_MS,
    },
  };
}
