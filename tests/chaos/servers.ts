import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { startProcess, until } from '@proviso/testing';
import { ensureDatabase, ensurePostgres, stopPostgres } from '@proviso/local-server/postgres';

/** A server that may crash, and comes back at the same port. */
interface Server {
  port: number;
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Postgres extends Server {
  /** Past all proxies, for the runner itself. */
  url: string;
  /** The same database through another port. */
  urlAt(port: number): string;
}

/** A separate cluster, as durable as one in production. */
export async function startPostgres(dir: string, port: number): Promise<Postgres> {
  mkdirSync(dir, { recursive: true });
  const options = {
    dataDir: path.join(dir, 'postgres'),
    port,
    settings: { max_connections: '200', shared_buffers: '64MB' },
  };
  const server = await ensurePostgres(options);
  const url = await ensureDatabase(server, 'chaos');
  const migrate = startProcess(['tools/migrate.mjs'], { DATABASE_URL: url, HOME: process.env.HOME ?? '' });
  if ((await migrate.ended()) !== 0) throw new Error(`migrate: ${migrate.output()}`);
  let pid = server.pid;
  return {
    port: server.port,
    url,
    urlAt: (elsewhere) => url.replace(`:${server.port}/`, `:${elsewhere}/`),
    crash: async () => {
      for (const child of [pid, ...childrenOf(pid)]) end(child);
      await until('PostgreSQL to be gone', () => !isAlive(pid));
    },
    start: async () => {
      const again = await ensurePostgres(options);
      if (again.port !== server.port) throw new Error('PostgreSQL came back at another port');
      pid = again.pid;
    },
    stop: async () => void (await stopPostgres(options.dataDir)),
  };
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // already gone
  }
}

const statOf = (pid: number | string): string[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};
const isAlive = (pid: number): boolean => !['Z', undefined].includes(statOf(pid)[0]);
const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(name)[1] === String(parent))
    .map(Number);

export interface RedisServer extends Server {
  flush(): Promise<void>;
}

/** It comes back empty. */
export async function startRedis(dir: string, port: number): Promise<RedisServer> {
  let child: ChildProcess | undefined;
  const data = path.join(dir, 'redis');
  const ask = async <T>(work: (redis: Redis) => Promise<T>): Promise<T> => {
    const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: null, lazyConnect: true });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const dying = child;
    child = undefined;
    if (!dying || dying.exitCode !== null) return;
    const gone = once(dying, 'exit');
    dying.kill(signal);
    await gone;
  };
  const start = async (): Promise<void> => {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'yes'];
    child = spawn('redis-server', options, { stdio: 'ignore' });
    await until('Redis to answer', () => ask((redis) => redis.ping()).catch(() => undefined));
  };
  await start();
  return {
    port,
    flush: async () => void (await ask((redis) => redis.flushall())),
    crash: () => kill('SIGKILL'),
    start,
    stop: () => kill('SIGTERM'),
  };
}
