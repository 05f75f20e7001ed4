// Rate limits of callers, counted in Redis if there is one, so that all api processes count together. While Redis is
// down or slow, each process counts separately: a limit must never refuse or delay a request that it would allow.
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { createLocalCounts, type LocalCounts } from './local-counts.ts';

/** If Redis has not answered by then, this request is counted without it. */
const ANSWER_MS = 50;
const WINDOW_S = 60;
/** Per minute: for one address, and for one key's visible prefix. */
const SIGN_INS_MAX = 10;

interface Allowance {
  allowed: boolean;
  perMinute: number;
  left: number;
  /** Until the allowance is full again. */
  resetMs: number;
}

/**
 * Whom a request is counted for: a credential or address, a person with all of theirs, or a workspace's keys. `trial`
 * counts look-ups of unknown tokens from an address over its limit, and `sign_in` counts failed sign-ins.
 */
export type Counted = 'token' | 'person' | 'workspace' | 'trial' | 'sign_in';

export interface RateLimits {
  /** Counts one request of that caller or address. Never throws. */
  take(caller: string, counted?: Counted): Promise<Allowance>;
  /** Takes one count back. Never throws. */
  giveBack(caller: string, counted?: Counted): void;
  close(): void;
}

export interface RateLimitsOptions {
  redisUrl?: string | undefined;
  perMinute: number;
  /** For all credentials of a person together; twice `perMinute` by default. */
  personPerMinute?: number | undefined;
  /**
   * For all keys of a workspace together, including its agents'; five times `perMinute` by default. People are counted
   * separately.
   */
  workspacePerMinute?: number | undefined;
}

export function openRateLimits({ redisUrl, perMinute: ofToken, ...options }: RateLimitsOptions): RateLimits {
  const { personPerMinute = 2 * ofToken, workspacePerMinute = 5 * ofToken } = options;
  const points = {
    token: ofToken,
    person: personPerMinute,
    workspace: workspacePerMinute,
    trial: Math.ceil(ofToken / 10),
    sign_in: SIGN_INS_MAX,
  };
  const redis = redisUrl === undefined ? undefined : connect(redisUrl);
  const limiterOf = (counted: Counted): RateLimiterAbstract => {
    const window = { points: points[counted], duration: WINDOW_S, keyPrefix: `{proviso}:rate:${counted}` };
    const memory = new RateLimiterMemory(window);
    if (!redis) return memory;
    return new RateLimiterRedis({
      ...window,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: memory,
    });
  };
  const countsOf = (counted: Counted): LocalCounts => createLocalCounts(limiterOf(counted), points[counted]);
  const counts = {
    token: countsOf('token'),
    person: countsOf('person'),
    workspace: countsOf('workspace'),
    trial: countsOf('trial'),
    sign_in: countsOf('sign_in'),
  };
  return {
    take: async (caller, counted = 'token') => {
      const perMinute = points[counted];
      const count = await counts[counted].take(caller);
      if (!count) return { allowed: true, perMinute, left: perMinute, resetMs: 0 };
      const { consumed, resetMs } = count;
      return { allowed: consumed <= perMinute, perMinute, left: Math.max(0, perMinute - consumed), resetMs };
    },
    giveBack: (caller, counted = 'token') => counts[counted].giveBack(caller),
    close: () => {
      for (const count of Object.values(counts)) count.close();
      redis?.disconnect();
    },
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
