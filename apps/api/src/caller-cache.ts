import { hash } from 'node:crypto';
import type { Caller } from '@proviso/core';
import { LRUCache } from 'lru-cache';

const TOKENS_MAX = 10_000;
/** From the start of the look-up. A revocation by another process takes effect within a second. */
const FRESH_MS = 900;

/**
 * Remembers for a moment whom an API key stands for, so that the reads of a busy key share a look-up. Held by
 * api-keys.test.ts.
 */
export interface CallerCache {
  /** Returns what `find` returned a moment ago, or calls it. Errors are not remembered. */
  get(token: string, find: () => Promise<Caller[]>): Promise<Caller[]>;
  /** Call it after a write that may have changed who may do what. */
  clear(): void;
}

/** With `freshMs` 0, every request looks its key up. */
export function createCallerCache(freshMs = FRESH_MS): CallerCache {
  const known = new LRUCache<string, { callers: Caller[]; until: number }>({ max: TOKENS_MAX });
  let clears = 0;
  return {
    get: async (token, find) => {
      const key = hash('sha256', token, 'base64');
      const now = performance.now();
      const seen = known.get(key);
      if (seen && now < seen.until) return seen.callers;
      const before = clears;
      const callers = await find();
      if (clears === before) known.set(key, { callers, until: now + freshMs }); // else it may have read the old right
      return callers;
    },
    clear: () => {
      clears += 1;
      known.clear();
    },
  };
}
