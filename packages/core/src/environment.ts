import { z } from 'zod';
import { loadKeyRing, type KeyRing } from './secrets.ts';

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1');

/** The variables that every process of ours reads. */
export const COMMON_ENVIRONMENT = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }),
  /** Absent = the queue runs on PostgreSQL. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PROVISO_SECRET_KEYS: z.string().optional(),
  PROVISO_SECRET_KEYS_FILE: z.string().optional(),
  PROVISO_ALLOW_UNSAFE_STORAGE: flag,
};

export interface CommonConfig {
  databaseUrl: string;
  redisUrl: string | undefined;
  logLevel: string;
  secrets: KeyRing;
  allowUnsafeStorage: boolean;
}

type Common = z.output<z.ZodObject<typeof COMMON_ENVIRONMENT>>;

/** The part of a process's config that `COMMON_ENVIRONMENT` gives. Throws on an unfit key ring. */
export const commonConfig = (env: Common): CommonConfig => ({
  databaseUrl: env.DATABASE_URL,
  redisUrl: env.REDIS_URL,
  logLevel: env.LOG_LEVEL,
  secrets: loadKeyRing({ keys: env.PROVISO_SECRET_KEYS, file: env.PROVISO_SECRET_KEYS_FILE }),
  allowUnsafeStorage: env.PROVISO_ALLOW_UNSAFE_STORAGE,
});

/** Reads an environment; throws one error that names every fault. Empty variables count as absent. */
export function readEnvironment<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv): T {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not right. ${faults.join('; ')}`);
}
