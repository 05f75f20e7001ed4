import { z } from 'zod';
import { QUERY_TIMEOUT_MS } from './platform/db.ts';
import { DEFAULT_TIMINGS, type Timings } from './platform/timings.ts';
import { loadKeyRing, type KeyRing } from './platform/secrets.ts';

/** A time in the environment. */
export const milliseconds = (fallback: number, description: string) =>
  z.coerce.number().int().min(10).max(3_600_000).default(fallback).describe(description);

/** A port in the environment; `min` 0 lets the system select a free one. */
export const port = (min = 0) => z.coerce.number().int().min(min).max(65_535);

/** A flag in the environment, which is off by default. */
export const flag = (description: string) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((text) => text === 'true' || text === '1')
    .meta({ description });

/**
 * The variables that all our processes read. Each schema says in `description` what the variable does, and in `absent`
 * what holds without it; `npm run docs` writes both into docs/configuration.md.
 */
export const COMMON_ENVIRONMENT = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' })
    .describe('PostgreSQL, as `postgresql://user:password@host:5432/database`'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' })
    .optional()
    .meta({
      description: 'the Redis server for the queue, `redis://` or `rediss://`; the same for api and workers',
      absent: 'the queue runs on PostgreSQL',
    }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .meta({
      description:
        "the collector of [traces](metrics.md#traces), OTLP over HTTP; the other `OTEL_…` variables of OpenTelemetry's SDK apply, too",
      absent: 'nothing is traced',
    }),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('the level of [the log](#the-log)'),
  PROVISO_SECRET_KEYS: z.string().optional().meta({
    description: '`id:base64,…`, 32 bytes per key (`openssl rand -base64 32`); the first encrypts, all decrypt',
    absent: 'credentials and tools cannot be stored',
  }),
  PROVISO_SECRET_KEYS_FILE: z
    .string()
    .optional()
    .describe('a file with the same text, used if `PROVISO_SECRET_KEYS` is absent'),
  PROVISO_ALLOW_UNSAFE_STORAGE: flag('accepts a PostgreSQL with `fsync` or `full_page_writes` off; for tests'),
  PROVISO_QUERY_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(500)
    .max(600_000)
    .default(QUERY_TIMEOUT_MS)
    .describe('the time limit of a statement; a connection that exceeds it is replaced'),
  PROVISO_LEASE_MS: milliseconds(DEFAULT_TIMINGS.leaseMs, 'how long a claim is valid without a heartbeat'),
  PROVISO_HEARTBEAT_MS: milliseconds(
    DEFAULT_TIMINGS.heartbeatMs,
    'how often leases are renewed; less than half of the lease',
  ),
  PROVISO_SWEEP_MS: milliseconds(DEFAULT_TIMINGS.sweepMs, 'how often a worker polls for due, lost and expired actions'),
  PROVISO_BACKOFF_MS: milliseconds(
    DEFAULT_TIMINGS.backoffBaseMs,
    'the maximum delay of the first retry; doubles with each one, with full jitter, up to ten minutes. For a provider that is down or busy, the minimum delay ([executors.md](executors.md#outcomes))',
  ),
  PROVISO_EXECUTE_TIMEOUT_MS: milliseconds(
    DEFAULT_TIMINGS.timeoutMs,
    'the time limit from the claim to the outcome, unless the executor has its own. It is the only time limit for a provider, tool or MCP server',
  ),
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
