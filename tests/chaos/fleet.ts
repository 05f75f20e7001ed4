import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  startApi,
  startTcpProxy,
  startWorker,
  type FleetSettings,
  type Running,
  type TcpProxy,
} from '@proviso/testing';
import { startSmtpSink, type SmtpSink } from '@proviso/local-server/smtp-sink';
import { startProvider, type Provider } from './provider.ts';
import type { Random } from './random.ts';
import { startPostgres, startRedis, type Postgres, type RedisServer } from './servers.ts';

export interface Settings {
  seed: number;
  seconds: number;
  backend: 'redis' | 'postgres';
  apis: number;
  workers: number;
  /** Everything of this run; deleted at its end. */
  dir: string;
}

/** A place in the fleet: when its process dies, another one takes it. */
export interface Slot<Process extends Running = Running> {
  process: Process;
  /** Sends SIGKILL, or SIGTERM with its grace period; then starts a new process, unless the run is over. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export type Link = 'api to database' | 'worker to database' | 'redis' | 'smtp' | 'provider';

export interface ChaosFleet {
  postgres: Postgres;
  redis: RedisServer | undefined;
  sink: SmtpSink;
  provider: Provider;
  links: Record<Link, TcpProxy>;
  apis: Slot<Running & { url: string }>[];
  workers: Slot[];
  /** The queue, past all proxies. */
  queue: { databaseUrl: string; redisUrl: string | undefined };
  stop(): Promise<void>;
}

/** Shorter than the default, so that a run sees many leases. */
export const LEASE_MS = 5_000;
export const SWEEP_MS = 1_500;
export const RUN_MS_MAX = 3_000;

/** Starts everything. `stop` of the result stops it; if the start fails, it is stopped at once. */
export async function startFleet(settings: Settings, random: Random): Promise<ChaosFleet> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const undo of stops.splice(0).toReversed()) await undo().catch(() => undefined);
  };
  const kept = async <T>(starting: Promise<T>, undo: (started: T) => Promise<unknown>): Promise<T> => {
    const started = await starting;
    stops.push(() => undo(started));
    return started;
  };
  try {
    mkdirSync(settings.dir, { recursive: true });
    return { ...(await boot(settings, random, kept)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Keep = <T>(starting: Promise<T>, undo: (started: T) => Promise<unknown>) => Promise<T>;

async function boot(settings: Settings, random: Random, kept: Keep): Promise<Omit<ChaosFleet, 'stop'>> {
  const { backend, dir } = settings;
  // Below the ephemeral ports: while a server is down, no outgoing connection may take its port.
  const firstPort = 20_000 + 2 * (process.pid % 5_000);
  const postgres = await kept(startPostgres(dir, firstPort), (server) => server.stop());
  const redis = backend === 'redis' ? await kept(startRedis(dir, firstPort + 1), (server) => server.stop()) : undefined;
  const sink = await kept(startSmtpSink(), (server) => server.close());
  const provider = await kept(
    startProvider(() => random.between(50, 600)),
    (server) => server.close(),
  );
  const proxied = (port: number): Promise<TcpProxy> => kept(startTcpProxy({ port }), (proxy) => proxy.close());
  const links: Record<Link, TcpProxy> = {
    'api to database': await proxied(postgres.port),
    'worker to database': await proxied(postgres.port),
    redis: await proxied(redis?.port ?? postgres.port),
    smtp: await proxied(sink.port),
    provider: await proxied(provider.port),
  };
  const fleetAt = (link: Link): FleetSettings => ({
    databaseUrl: postgres.urlAt(links[link].port),
    redisUrl: redis && `redis://127.0.0.1:${links.redis.port}`,
    env: {
      PROVISO_EXECUTORS: './tests/chaos/executors.js',
      CHAOS_PROVIDER_URL: `http://127.0.0.1:${links.provider.port}`,
      PROVISO_ALLOW_UNSAFE_STORAGE: 'false',
      PROVISO_LEASE_MS: String(LEASE_MS),
      PROVISO_HEARTBEAT_MS: String(SWEEP_MS),
      PROVISO_SWEEP_MS: String(SWEEP_MS),
      PROVISO_QUERY_TIMEOUT_MS: '3000',
      PROVISO_BACKOFF_MS: '300',
      PROVISO_EXECUTE_TIMEOUT_MS: String(RUN_MS_MAX),
      PROVISO_GRACE_MS: '10000',
      LOG_LEVEL: 'warn',
    },
  });
  const slots = <P extends Running>(count: number, start: () => Promise<P>): Promise<Slot<P>[]> =>
    Promise.all(Array.from({ length: count }, () => kept(openSlot(start), (slot) => slot.close())));
  const queue = { databaseUrl: postgres.url, redisUrl: redis && `redis://127.0.0.1:${redis.port}` };
  return {
    postgres,
    redis,
    sink,
    provider,
    links,
    apis: await slots(settings.apis, () => startApi(fleetAt('api to database'))),
    workers: await slots(settings.workers, () => startWorker(fleetAt('worker to database'))),
    queue,
  };
}

/** Starts a process, and another one on demand or if the start failed, like a supervisor. */
async function openSlot<P extends Running>(start: () => Promise<P>): Promise<Slot<P> & { close(): Promise<void> }> {
  let isOver = false;
  let restarting = Promise.resolve();
  const begin = async (): Promise<P> => {
    for (;;) {
      try {
        return await start();
      } catch (error) {
        if (isOver) throw error; // otherwise its database is down: retry until it is back
      }
    }
  };
  const replace = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    await slot.process.kill(signal);
    if (isOver) return;
    slot.process = await begin();
    if (isOver) await slot.process.kill();
  };
  const slot = {
    process: await start(),
    /** One at a time: a place has one process. */
    restart: (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
      restarting = restarting.then(() => replace(signal));
      return restarting;
    },
    close: async (): Promise<void> => {
      isOver = true;
      await slot.process.kill();
      await restarting.catch(() => undefined);
    },
  };
  return slot;
}

export const directoryOf = (root: string): string => path.join(root, '.proviso', `chaos-${process.pid}`);
