// How much one caller may ask. Counted in Redis when there is one, so that all api processes count together; while Redis
// is away or slow each counts for itself: a limit must never refuse or delay what it would have let through.
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** A Redis that has not answered by then is not asked any more for this request. */
const ANSWER_MS = 50;
const WINDOW_S = 60;

export interface Allowance {
  allowed: boolean;
  perMinute: number;
  left: number;
  /** Until all of it is back. */
  resetMs: number;
}

export interface RateLimits {
  /** Counts one request of that caller. Never throws. */
  take(caller: string): Promise<Allowance>;
  close(): void;
}

export interface RateLimitsOptions {
  redisUrl?: string | undefined;
  perMinute: number;
}

export function openRateLimits({ redisUrl, perMinute }: RateLimitsOptions): RateLimits {
  const window = { points: perMinute, duration: WINDOW_S, keyPrefix: '{proviso}:rate' };
  const memory = new RateLimiterMemory(window);
  const redis = redisUrl === undefined ? undefined : connect(redisUrl);
  const limiter: RateLimiterAbstract = redis
    ? new RateLimiterRedis({ ...window, storeClient: redis, rejectIfRedisNotReady: true, insuranceLimiter: memory })
    : memory;
  return {
    take: async (caller) => {
      const answer: unknown = await limiter.consume(caller).catch((refusal: unknown) => refusal);
      if (!(answer instanceof RateLimiterRes)) return { allowed: true, perMinute, left: perMinute, resetMs: 0 };
      const { consumedPoints, remainingPoints, msBeforeNext } = answer;
      return { allowed: consumedPoints <= perMinute, perMinute, left: remainingPoints, resetMs: msBeforeNext };
    },
    close: () => redis?.disconnect(),
  };
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    connectTimeout: 5_000,
    commandTimeout: ANSWER_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    keepAlive: 5_000,
  });
  redis.on('error', () => undefined); // the queue's connection says it; here the limit goes on in memory
  return redis;
}
