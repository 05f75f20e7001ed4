// Wake-ups: an action's id and when to look at it. The queue may lose, repeat or reorder them, or be down; only latency
// depends on it. Nothing outside this file knows which backend runs.
import {
  createPostgresBackend,
  DelayedError,
  Queue as BullQueue,
  withBackend,
  Worker as BullWorker,
  type Job,
} from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { AppError } from './errors.ts';
import { withTimeout } from './with-timeout.ts';

const NAME = 'actions';
/** One hash tag for all keys, so that Redis Cluster keeps them in one slot. */
const REDIS_PREFIX = '{proviso}';
const POSTGRES_SCHEMA = 'bullmq';
/** How many wake-ups may be waiting for a slow queue. Further ones are dropped, and the sweep finds their actions. */
const WAKE_UPS_PENDING_MAX = 1_000;
const JOB_RETENTION = { removeOnComplete: { count: 1_000, age: 86_400 }, removeOnFail: { count: 1_000, age: 86_400 } };

interface WakeUp {
  actionId: string;
  /** The row's version: a finished job must not block the next wake-up of the same action. */
  version: number;
  /** Ahead of waiting jobs. */
  first: boolean;
}

/** Handles a wake-up; a number = wake it again in that many ms. */
type WakeUpHandler = (actionId: string) => Promise<number | undefined>;

export interface Consumer {
  /** Takes no new jobs, and waits for the running ones. */
  close(): Promise<void>;
}

export interface Queue {
  backend: 'redis' | 'postgres';
  /** Never throws and is never awaited. */
  wake(wakeUp: WakeUp, delayMs: number): void;
  consume(handler: WakeUpHandler, concurrency: number): Promise<Consumer>;
  /** Whether the queue responds now; false = work starts late, by the sweeps. */
  isUp(): Promise<boolean>;
  /** The actions whose wake-up a worker has handled, among the latest that the queue still knows. */
  handled(): Promise<Set<string>>;
  /** For Bull Board only. */
  board: BullQueue;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** Given: Redis. Absent: PostgreSQL. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  log: Logger;
}

type BulkJob = Parameters<BullQueue['addBulk']>[0][number];

const noAnswer = (): never => {
  throw new Error('the queue did not answer in time');
};

/** Opens the queue, even if Redis is down. Refuses a Redis that evicts keys. */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { log } = options;
  const backend = options.redisUrl ? 'redis' : 'postgres';
  const { queue, startWorker, close } = options.redisUrl
    ? onRedis(options.redisUrl, log)
    : await onPostgres(options.databaseUrl, log);
  const logIncident = throttledWarning(log);
  queue.on('error', logIncident); // before any await: an error that nobody listens to goes to the console
  if (options.redisUrl) {
    await checkRedis(options.redisUrl, log);
    // otherwise the first wake-ups would be lost
    await withTimeout(queue.waitUntilReady(), 2_000, noAnswer).catch(() => undefined);
  }
  let pending = 0;
  /** What this turn of the event loop wakes. */
  let next: BulkJob[] = [];
  const addNext = (): void => {
    const jobs = next;
    next = [];
    withTimeout(queue.addBulk(jobs), 10_000, noAnswer)
      .catch(logIncident)
      .finally(() => {
        pending -= jobs.length;
      });
  };
  return {
    backend,
    board: queue,
    handled: () => findHandled(queue),
    wake: ({ actionId, version, first }, delay) => {
      if (pending >= WAKE_UPS_PENDING_MAX) return;
      pending += 1;
      const opts = { jobId: `${actionId}-${version}`, delay, lifo: first, ...JOB_RETENTION };
      if (next.push({ name: 'execute', data: { actionId }, opts }) === 1) setImmediate(addNext);
    },
    consume: async (handler, concurrency) => {
      const worker = await startWorker(processorFor(handler), concurrency);
      worker.on('error', logIncident);
      worker.on('failed', (job, error) => log.warn({ job: job?.id, reason: error.message }, 'a wake-up failed'));
      return { close: () => worker.close() };
    },
    isUp: () =>
      withTimeout(queue.getJobCounts('waiting'), 2_000, noAnswer).then(
        () => true,
        () => false,
      ),
    close: async () => {
      await withTimeout(queue.close(), 5_000, noAnswer).catch(logIncident);
      await close();
    },
  };
}

async function findHandled(queue: BullQueue): Promise<Set<string>> {
  const jobs: Job<{ actionId?: string }>[] = await withTimeout(queue.getJobs(['completed']), 10_000, noAnswer);
  return new Set(jobs.flatMap(({ data }) => data.actionId ?? []));
}

/** Trusts only the id in a job's data; a job without one (evicted, or added by hand) names no action. */
const processorFor =
  (handler: WakeUpHandler) =>
  async (job: Job<unknown>, token?: string): Promise<void> => {
    const { actionId } = (job.data ?? {}) as { actionId?: unknown };
    if (typeof actionId !== 'string') return;
    const againMs = await handler(actionId);
    if (againMs === undefined) return;
    await job.moveToDelayed(Date.now() + againMs, token);
    throw new DelayedError();
  };

/** Logs one line per incident: a broken Redis raises errors in a hot loop. */
function throttledWarning(log: Logger): (error: unknown) => void {
  let last = 0;
  return (error) => {
    if (Date.now() - last < 5_000) return;
    last = Date.now();
    log.warn(
      { reason: error instanceof Error ? error.message : 'unknown' },
      'the queue is not responding; sweeps start the work instead',
    );
  };
}

type Processor = ReturnType<typeof processorFor>;
interface Opened {
  queue: BullQueue;
  startWorker: (processor: Processor, concurrency: number) => Promise<Pick<BullWorker, 'on' | 'close'>>;
  close: () => Promise<void>;
}

const WORKER = { lockDuration: 60_000, stalledInterval: 30_000, maxStalledCount: 5, runRetryDelay: 500 };

function onRedis(url: string, log: Logger): Opened {
  const limits = { connectTimeout: 5_000, socketTimeout: 15_000, keepAlive: 5_000 };
  // A producer fails fast; a worker's blocking connection waits for Redis to come back.
  const producer = new Redis(url, {
    ...limits,
    commandTimeout: 5_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
  });
  producer.on('error', throttledWarning(log));
  const queue = new BullQueue(NAME, { connection: producer, prefix: REDIS_PREFIX, skipVersionCheck: true });
  return {
    queue,
    startWorker: async (processor, concurrency) => {
      const connection = new Redis(url, { ...limits, maxRetriesPerRequest: null });
      connection.on('error', throttledWarning(log));
      const worker = new BullWorker(NAME, processor, { connection, prefix: REDIS_PREFIX, concurrency, ...WORKER });
      const closeWorker = worker.close.bind(worker);
      worker.close = async (force?: boolean) => {
        await closeWorker(force);
        connection.disconnect();
      };
      return worker;
    },
    close: async () => producer.disconnect(),
  };
}

async function onPostgres(url: string, log: Logger): Promise<Opened> {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = {
    connectionString: url,
    schema: POSTGRES_SCHEMA,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 9_000,
    query_timeout: 10_000, // a server that cannot answer cannot time out either
    options: '-c plan_cache_mode=force_generic_plan -c synchronous_commit=off',
    application_name: 'proviso-queue',
    max: 4,
  };
  const queue = new Queue(NAME, { connection });
  queue.on('error', throttledWarning(log));
  await queue.waitUntilReady(); // BullMQ never recovers if the database is down at the first connect
  return {
    queue: queue as unknown as BullQueue, // the same class over another backend; Bull Board's types name the Redis one
    startWorker: async (processor, concurrency) => {
      const worker = new Worker(NAME, processor as never, { connection, concurrency, ...WORKER });
      await worker.waitUntilReady();
      return worker as unknown as BullWorker;
    },
    close: async () => undefined,
  };
}

async function checkRedis(url: string, log: Logger): Promise<void> {
  const probe = new Redis(url, {
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    lazyConnect: true,
  });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    const [, policy] = await probe.config('GET', 'maxmemory-policy');
    if (policy && policy !== 'noeviction')
      throw new AppError('UNAVAILABLE', `Redis evicts keys (maxmemory-policy ${policy}). Set it to noeviction.`);
    const [, appendOnly] = await probe.config('GET', 'appendonly');
    if (appendOnly === 'no')
      log.warn('Redis runs without AOF: after a Redis crash, work starts late, when a sweep finds it');
  } catch (error) {
    if (error instanceof AppError) throw error;
    log.warn('Redis is not responding; sweeps start the work until it does');
  } finally {
    probe.disconnect();
  }
}
