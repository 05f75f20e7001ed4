import { COMMON_ENVIRONMENT, commonConfig, readEnvironment, type CommonConfig } from '@proviso/core';
import { EXECUTOR_ENVIRONMENT, executorSettings, type ProviderSettings } from '@proviso/executors';
import { z } from 'zod';

const environment = z.object({
  ...COMMON_ENVIRONMENT,
  ...EXECUTOR_ENVIRONMENT,
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  PROVISO_POOL_MAX: z.coerce.number().int().min(1).max(100).default(8),
  PROVISO_RATE_LIMIT: z.coerce.number().int().min(1).max(1_000_000).default(600),
  PROVISO_RATE_LIMIT_PERSON: z.coerce.number().int().min(1).max(5_000_000).optional(),
  PROVISO_RATE_LIMIT_WORKSPACE: z.coerce.number().int().min(1).max(5_000_000).optional(),
});

export interface ApiConfig extends CommonConfig {
  providers: ProviderSettings;
  port: number;
  host: string;
  /** Connections to PostgreSQL, not counting the queue's. */
  poolMax: number;
  /** Requests per minute for each token, and for each address without a valid one. */
  rateLimit: number;
  rateLimitPerson: number | undefined;
  rateLimitWorkspace: number | undefined;
}

/** Reads the environment; throws one error that lists every fault. */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const read = readEnvironment(environment, env);
  return {
    ...commonConfig(read),
    providers: executorSettings(read),
    port: read.PORT,
    host: read.HOST,
    poolMax: read.PROVISO_POOL_MAX,
    rateLimit: read.PROVISO_RATE_LIMIT,
    rateLimitPerson: read.PROVISO_RATE_LIMIT_PERSON,
    rateLimitWorkspace: read.PROVISO_RATE_LIMIT_WORKSPACE,
  };
}
