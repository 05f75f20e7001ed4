import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMON_ENVIRONMENT, port, readEnvironment } from '@proviso/core';
import { z } from 'zod';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export interface LocalConfig {
  port: number;
  /** Kept between starts: database, keys, mail. */
  dataDir: string;
  /** Absent: an embedded server under `dataDir`. */
  databaseUrl: string | undefined;
  /** Absent: the queue runs on PostgreSQL. */
  redisUrl: string | undefined;
  /** Absent: generated at the first start and kept. */
  apiKey: string | undefined;
  agentKey: string | undefined;
  /** Absent: the port of the last start, or a free one. */
  smtpPort: number | undefined;
}

/** `npm run docs` writes the descriptions into docs/configuration.md. */
export const environment = z.object({
  PORT: port(1).default(3000).describe('the port where the api listens'),
  PROVISO_DATA_DIR: z.string().optional().meta({
    description: 'the directory of database, keys and mail; kept between starts',
    absent: '`.proviso` in the repository',
  }),
  DATABASE_URL: COMMON_ENVIRONMENT.DATABASE_URL.optional().meta({
    description: 'your own PostgreSQL; it is migrated',
    absent: 'an embedded server under the data directory',
  }),
  REDIS_URL: COMMON_ENVIRONMENT.REDIS_URL,
  PROVISO_API_KEY: z
    .string()
    .optional()
    .meta({ description: "the owner's key", absent: 'generated at the first start and kept' }),
  PROVISO_AGENT_KEY: z
    .string()
    .optional()
    .meta({ description: "the agent's key", absent: 'generated at the first start and kept' }),
  PROVISO_SMTP_PORT: port(1)
    .optional()
    .meta({ description: 'the port of the local mail server', absent: 'the last one, or a free one' }),
});

/** Reads the environment. Throws one error that lists every fault. */
export function readConfig(env: Record<string, string | undefined>): LocalConfig {
  const trimmed = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value?.trim()]));
  const read = readEnvironment(environment, trimmed);
  return {
    port: read.PORT,
    dataDir: resolve(root, read.PROVISO_DATA_DIR ?? join(root, '.proviso')),
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    apiKey: read.PROVISO_API_KEY,
    agentKey: read.PROVISO_AGENT_KEY,
    smtpPort: read.PROVISO_SMTP_PORT,
  };
}
