import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../packages/local-server/dist/ports.js';
import { ensureDatabase, ensurePostgres, stopPostgres } from '../../packages/local-server/dist/postgres.js';
import { startProcess } from './processes.ts';

export interface PostgresServer {
  pid: number;
  /** A new, empty database. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** PostgreSQL as its defaults are: a commit is on the disk (fsync and synchronous_commit on). */
export async function startPostgres(): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'proviso-bench-pg-'));
  chmodSync(dir, 0o711); // PostgreSQL does not run as root: it gets a user of its own, who must pass through
  const dataDir = join(dir, 'data');
  const server = await ensurePostgres({ dataDir });
  return {
    pid: server.pid,
    database: (name) => ensureDatabase(server, name),
    stop: async () => {
      await stopPostgres(dataDir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface RedisServer {
  pid: number;
  url: string;
  stop(): Promise<void>;
}

/** Redis with an append-only file, as docker-compose.yml runs it. */
export async function startRedis(): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'proviso-bench-redis-'));
  const port = await freePort();
  const options = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', 'maxmemory-policy': 'noeviction' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = startProcess('redis-server', args);
  const url = `redis://127.0.0.1:${port}`;
  await untilAnswering(url);
  return {
    pid: server.pid,
    url,
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  for (;;) {
    const answer = await Promise.race([redis.ping().catch(() => ''), sleep(10_000, 'timeout')]);
    if (answer === 'timeout') throw new Error('redis-server does not answer. Install it: apt-get install redis-server');
    if (answer === 'PONG') break;
  }
  redis.disconnect();
}
