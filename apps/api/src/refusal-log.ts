import type { Services } from '@proviso/core';
import type { Request } from 'express';

const PERIOD_MS = 5_000;
const ADDRESSES_MAX = 50;

export interface RefusalLog {
  /** Logs that a caller was refused, and nothing of what they sent. */
  tell(req: Pick<Request, 'ip'>, what: string): void;
}

/**
 * Logs refused callers at level info: the first at once, then one line with their number per address and period. Above
 * a number of addresses, the others share one line, so that a flood of requests does not flood the log.
 */
export function createRefusalLog(log: Services['log'], periodMs = PERIOD_MS): RefusalLog {
  const untold = new Map<string, number>();
  const tellLater = (key: string, address: string, what: string): void => {
    untold.set(key, 0);
    const end = (): void => {
      const refused = untold.get(key) ?? 0;
      if (refused === 0) return void untold.delete(key);
      log.info({ address, refused }, what);
      tellLater(key, address, what);
    };
    setTimeout(end, periodMs).unref();
  };
  return {
    tell: ({ ip }, what) => {
      const keyOf = (address: string): string => `${what} ${address}`;
      const from = ip ?? 'unknown';
      const address = untold.has(keyOf(from)) || untold.size < ADDRESSES_MAX ? from : 'others';
      const key = keyOf(address);
      const count = untold.get(key);
      if (count !== undefined) return void untold.set(key, count + 1);
      log.info({ address, refused: 1 }, what);
      tellLater(key, address, what);
    },
  };
}
