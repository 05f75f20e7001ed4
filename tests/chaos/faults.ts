import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, openQueue } from '@proviso/core';
import type { TcpProxy } from '@proviso/testing';
import { pino } from 'pino';
import { LEASE_MS, type ChaosFleet, type Link, type Slot } from './fleet.ts';
import type { Random } from './random.ts';

/** The actions that one worker ran at one time, by the database's clock. */
export interface Held {
  at: Date;
  owner: string;
  actions: string[];
}

/** What a fault can act on. */
export interface FaultContext {
  fleet: ChaosFleet;
  random: Random;
  /** Ids of actions. */
  known: () => string[];
  /** What the worker with this process id runs now. */
  heldBy: (pid: number) => Promise<Held>;
  /** Killed workers, and what they ran. */
  kills: Held[];
  /** Restarts in progress. */
  reviving: Set<Promise<void>>;
}

export interface Fault {
  name: string;
  /** What is in its danger window while it lasts: running actions, requests being written, or what `inject` returns. */
  hits: 'running' | 'writing' | 'both' | 'told';
  /** Only on this backend. */
  backend?: 'redis' | 'postgres';
  /** Settles when the network works again; restarts may still be in progress. For `told`, returns how many it hit. */
  inject: (context: FaultContext) => Promise<number | void>;
}

const revive = ({ reviving }: FaultContext, work: Promise<void>): void => {
  const known = work.finally(() => reviving.delete(known));
  reviving.add(known);
};

const AIM_LIMIT_MS = 4_000;

/** The worker that runs most, if it runs more than a few: hitting an idle one proves nothing. */
async function busyWorker({ fleet, heldBy }: FaultContext): Promise<{ slot: Slot; held: Held }> {
  for (const limit = performance.now() + AIM_LIMIT_MS; ; await sleep(50)) {
    const all = await Promise.all(fleet.workers.map(async (slot) => ({ slot, held: await heldBy(slot.process.pid) })));
    const [best] = all.toSorted((a, b) => b.held.actions.length - a.held.actions.length);
    if (best && (best.held.actions.length > 2 || performance.now() > limit)) return best;
  }
}

/** Adds jobs straight to the queue, for any ids, as anybody could who reaches it. */
async function addJobs({ fleet }: FaultContext, ids: string[], times: number): Promise<number> {
  const queue = await openQueue({ ...fleet.queue, log: pino({ level: 'silent' }) });
  for (let time = 0; time < times; time += 1)
    for (const [index, actionId] of ids.entries())
      queue.wake({ actionId, version: Date.now() + time * 1_000 + index, first: time === 0 }, time * 50);
  await sleep(500);
  await queue.close();
  return ids.length;
}

/** Each hits a process or a server. */
export const PROCESS_FAULTS: Fault[] = [
  {
    name: 'kill -9 of an api',
    hits: 'writing',
    inject: async (context) => revive(context, context.random.pick(context.fleet.apis).restart('SIGKILL')),
  },
  {
    name: 'kill -9 of a worker',
    hits: 'told',
    inject: async (context) => {
      const { slot, held } = await busyWorker(context);
      context.kills.push(held);
      revive(context, slot.restart('SIGKILL'));
      return held.actions.length;
    },
  },
  {
    name: 'a worker stopped for longer than its lease',
    hits: 'told',
    inject: async (context) => {
      const { process } = (await busyWorker(context)).slot;
      process.signal('SIGSTOP');
      const { actions } = await context.heldBy(process.pid);
      await sleep(LEASE_MS * 1.5);
      process.signal('SIGCONT');
      return actions.length;
    },
  },
  {
    name: 'an api stopped for 3 s',
    hits: 'writing',
    inject: async ({ fleet, random }) => {
      const { process } = random.pick(fleet.apis);
      process.signal('SIGSTOP');
      await sleep(3_000);
      process.signal('SIGCONT');
    },
  },
  {
    name: 'SIGTERM and restart of an api and a worker',
    hits: 'both',
    inject: async (context) => {
      revive(context, context.random.pick(context.fleet.apis).restart('SIGTERM'));
      revive(context, context.random.pick(context.fleet.workers).restart('SIGTERM'));
    },
  },
  {
    name: 'crash of PostgreSQL',
    hits: 'both',
    inject: async ({ fleet }) => {
      await fleet.postgres.crash();
      await fleet.postgres.start();
    },
  },
  {
    name: 'crash of Redis, back empty',
    hits: 'both',
    backend: 'redis',
    inject: async ({ fleet }) => {
      await fleet.redis?.crash();
      await sleep(1_000);
      await fleet.redis?.start();
    },
  },
  {
    name: 'FLUSHALL',
    hits: 'both',
    backend: 'redis',
    inject: async ({ fleet }) => fleet.redis?.flush(),
  },
  {
    name: 'a queue that forgets every job',
    hits: 'both',
    backend: 'postgres',
    inject: async ({ fleet }) => {
      const db = openDatabase({ url: fleet.postgres.url, poolMax: 1 });
      await db.pool.query('delete from bullmq.job');
      await db.close();
    },
  },
  {
    name: 'each job delivered three times',
    hits: 'told',
    inject: (context) => addJobs(context, context.known().slice(-30), 3),
  },
  {
    name: 'jobs added by hand for whatever there is',
    hits: 'told',
    inject: (context) => addJobs(context, context.random.shuffled(context.known()).slice(0, 30), 1),
  },
];

const API: Link[] = ['api to database'];
const WORKER: Link[] = ['worker to database'];
const DATABASE = [...API, ...WORKER];

/** What each breaks for how long, and how. */
const BROKEN: Record<string, [Fault['hits'], Link[], forMs: number, spoil: (proxy: TcpProxy) => unknown]> = {
  'api cut off from the database': ['writing', API, 100, (proxy) => proxy.reset()],
  'worker cut off from the database': ['running', WORKER, 100, (proxy) => proxy.reset()],
  'slow database': ['both', DATABASE, 2_000, (proxy) => proxy.slow(100)],
  'half-open connections of the apis to the database': ['writing', API, 1_000, (proxy) => proxy.swallow('existing')],
  'half-open connections of the workers to the database': [
    'running',
    WORKER,
    1_000,
    (proxy) => proxy.swallow('existing'),
  ],
  'commits whose answer is lost': ['both', DATABASE, 300, (proxy) => proxy.dropReplies('reset')],
  'connections to the database cut in the middle': ['both', DATABASE, 1_000, (proxy) => proxy.cutAfter(20_000)],
  'black hole to Redis': ['both', ['redis'], 3_000, (proxy) => proxy.swallow('all')],
  'provider resets after the effect': ['running', ['provider'], 700, (proxy) => proxy.dropReplies('reset')],
  'provider silent after the effect': ['running', ['provider'], 700, (proxy) => proxy.dropReplies('silence')],
  'provider unreachable': ['running', ['provider'], 1_000, (proxy) => proxy.refuse()],
  'mail server resets': ['running', ['smtp'], 700, (proxy) => proxy.dropReplies('reset')],
};

/** Each hits a link. */
export const NETWORK_FAULTS: Fault[] = Object.entries(BROKEN).map(([name, [hits, links, forMs, spoil]]) => ({
  name,
  hits,
  ...(links.includes('redis') && { backend: 'redis' }),
  inject: async ({ fleet }) => {
    const proxies = links.map((link) => fleet.links[link]);
    for (const proxy of proxies) void spoil(proxy);
    await sleep(forMs);
    await Promise.all(proxies.map((proxy) => proxy.pass()));
  },
}));
