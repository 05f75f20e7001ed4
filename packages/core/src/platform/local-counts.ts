// Counts in this process while a limit is far, and settles with the shared count in the background. Near the limit,
// each request asks the shared count. So a busy caller costs Redis a few commands per second. Several processes may
// together allow more than a limit by what reaches them within SETTLE_MS; one process never does.
import { LRUCache } from 'lru-cache';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

const SETTLE_MS = 100;
/** Until this share of the limit is used, other processes may count as much again before it is reached. */
const LOCAL_SHARE = 0.5;
const CALLERS_MAX = 10_000;

interface Count {
  consumed: number;
  /** Until the count begins again. */
  resetMs: number;
}

interface LocalCount {
  /** As far as this process knows. */
  consumed: number;
  /** Counted here only. */
  unsettled: number;
  /** By performance.now(). */
  resetAt: number;
}

export interface LocalCounts {
  /** Counts one request; undefined = it could not be counted. */
  take(caller: string): Promise<Count | undefined>;
  giveBack(caller: string): void;
  close(): void;
}

/** Adds `points` to the shared count, and reads it; undefined = it does not answer. */
async function consume(
  shared: RateLimiterAbstract,
  caller: string,
  points: number,
): Promise<RateLimiterRes | undefined> {
  const answer: unknown = await shared.consume(caller, points).catch((refusal: unknown) => refusal);
  return answer instanceof RateLimiterRes ? answer : undefined;
}

export function createLocalCounts(shared: RateLimiterAbstract, limit: number): LocalCounts {
  const local = new LRUCache<string, LocalCount>({ max: CALLERS_MAX, dispose: settle });
  let timer: NodeJS.Timeout | undefined;

  function settle(count: LocalCount, caller: string): void {
    const points = count.unsettled;
    count.unsettled = 0;
    if (points <= 0) return;
    void consume(shared, caller, points).then((answer) => {
      if (answer) count.consumed = Math.max(count.consumed, answer.consumedPoints + count.unsettled);
    });
  }

  const settleSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const [caller, count] of local.entries()) settle(count, caller);
    }, SETTLE_MS).unref();
  };

  return {
    take: async (caller) => {
      const count = local.get(caller);
      const now = performance.now();
      if (count && now < count.resetAt && count.consumed < limit * LOCAL_SHARE) {
        count.consumed += 1;
        count.unsettled += 1;
        settleSoon();
        return { consumed: count.consumed, resetMs: count.resetAt - now };
      }
      const before = count && now < count.resetAt ? count.unsettled : 0;
      if (count) count.unsettled = 0;
      const answer = await consume(shared, caller, 1 + before);
      if (!answer) return undefined;
      const { consumedPoints: consumed, msBeforeNext: resetMs } = answer;
      if (consumed < limit * LOCAL_SHARE) local.set(caller, { consumed, unsettled: 0, resetAt: now + resetMs });
      else local.delete(caller);
      return { consumed, resetMs };
    },
    giveBack: (caller) => {
      const count = local.get(caller);
      if (count) count.consumed -= 1;
      shared.reward(caller).catch(() => undefined);
    },
    close: () => clearTimeout(timer),
  };
}
