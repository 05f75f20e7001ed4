import { z } from 'zod';
import { QUERY_TIMEOUT_MS } from './platform/db.ts';
import { DEFAULT_TIMINGS, type Timings } from './platform/timings.ts';
import { loadKeyRing, type KeyRing } from './platform/secrets.ts';

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1');

/** A time in the environment. */
export const milliseconds = (fallback: number) => z.coerce.number().int().min(10).max(3_600_000).default(fallback);

/** The variables that all our processes read. */
export const COMMON_ENVIRONMENT = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }),
  /** Absent: the queue runs on PostgreSQL. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PROVISO_SECRET_KEYS: z.string().optional(),
  PROVISO_SECRET_KEYS_FILE: z.string().optional(),
  PROVISO_ALLOW_UNSAFE_STORAGE: flag,
  PROVISO_QUERY_TIMEOUT_MS: z.coerce.number().int().min(500).max(600_000).default(QUERY_TIMEOUT_MS),
  PROVISO_LEASE_MS: milliseconds(DEFAULT_TIMINGS.leaseMs),
  PROVISO_HEARTBEAT_MS: milliseconds(DEFAULT_TIMINGS.heartbeatMs),
  PROVISO_SWEEP_MS: milliseconds(DEFAULT_TIMINGS.sweepMs),
  PROVISO_BACKOFF_MS: milliseconds(DEFAULT_TIMINGS.backoffBaseMs),
  PROVISO_EXECUTE_TIMEOUT_MS: milliseconds(DEFAULT_TIMINGS.timeoutMs),
};

export interface CommonConfig {
  databaseUrl: string;
  queryTimeoutMs: number;
  redisUrl: string | undefined;
  logLevel: string;
  /** The collector of traces; absent = nothing is traced. */
  otlpEndpoint: string | undefined;
  secrets: KeyRing;
  allowUnsafeStorage: boolean;
  timings: Timings;
}

type Common = z.output<z.ZodObject<typeof COMMON_ENVIRONMENT>>;

/**
 * The part of a process's configuration that comes from `COMMON_ENVIRONMENT`. Throws on an invalid key ring, or a
 * heartbeat too slow for the lease.
 */
export function commonConfig(env: Common): CommonConfig {
  if (env.PROVISO_HEARTBEAT_MS * 2 >= env.PROVISO_LEASE_MS)
    throw new Error('Invalid configuration. PROVISO_HEARTBEAT_MS: must be less than half of PROVISO_LEASE_MS');
  return {
    databaseUrl: env.DATABASE_URL,
    queryTimeoutMs: env.PROVISO_QUERY_TIMEOUT_MS,
    redisUrl: env.REDIS_URL,
    logLevel: env.LOG_LEVEL,
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    secrets: loadKeyRing({ keys: env.PROVISO_SECRET_KEYS, file: env.PROVISO_SECRET_KEYS_FILE }),
    allowUnsafeStorage: env.PROVISO_ALLOW_UNSAFE_STORAGE,
    timings: {
      ...DEFAULT_TIMINGS,
      leaseMs: env.PROVISO_LEASE_MS,
      heartbeatMs: env.PROVISO_HEARTBEAT_MS,
      sweepMs: env.PROVISO_SWEEP_MS,
      backoffBaseMs: env.PROVISO_BACKOFF_MS,
      timeoutMs: env.PROVISO_EXECUTE_TIMEOUT_MS,
    },
  };
}

/** Reads an environment. Throws one error that lists every fault. Empty variables count as absent. */
export function readEnvironment<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv): T {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Invalid configuration. ${faults.join('; ')}`);
}
