import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

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

type Environment = Record<string, string | undefined>;

/** Reads the environment. Throws one error that lists every fault. */
export function readConfig(env: Environment): LocalConfig {
  const faults: string[] = [];
  const text = (name: string) => env[name]?.trim() || undefined;
  const port = (name: string) => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) < 65_536) return Number(value);
    faults.push(`${name} is "${value}", but a port is a number from 1 to 65535.`);
    return undefined;
  };
  const url = (name: string, schemes: string[], form: string) => {
    const value = text(name);
    const scheme = value && URL.canParse(value) ? new URL(value).protocol : '';
    if (value !== undefined && !schemes.includes(scheme)) faults.push(`${name} is not a URL of the form ${form}.`);
    return value;
  };
  const config = {
    port: port('PORT') ?? 3000,
    dataDir: resolve(root, text('PROVISO_DATA_DIR') ?? join(root, '.proviso')),
    databaseUrl: url('DATABASE_URL', ['postgresql:', 'postgres:'], 'postgresql://user:password@host:5432/database'),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:'], 'redis://host:6379'),
    apiKey: text('PROVISO_API_KEY'),
    agentKey: text('PROVISO_AGENT_KEY'),
    smtpPort: port('PROVISO_SMTP_PORT'),
  };
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return config;
}
