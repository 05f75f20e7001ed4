// Sessions that wait for the next request of the same user: one each, for a short time. Held by
// apps/api/test/gateway-calls.test.ts.
import { LRUCache } from 'lru-cache';
import type { OpenSession } from './session.ts';

const IDLE_MS = 30_000;
const IDLE_MAX = 200;

export interface IdleSessions {
  /** A session that only the caller uses until it is kept again. */
  take(key: string): OpenSession | undefined;
  keep(key: string, session: OpenSession): void;
  /** Closes what is kept, and everything that is kept from now on. */
  close(): Promise<void>;
}

export function createIdleSessions(): IdleSessions {
  let isClosed = false;
  const idle = new LRUCache<string, OpenSession>({
    max: IDLE_MAX,
    ttl: IDLE_MS,
    ttlAutopurge: true,
    dispose: (session, _key, reason) => {
      if (reason !== 'delete') void session.close();
    },
  });
  return {
    take: (key) => {
      const session = idle.get(key);
      idle.delete(key);
      if (session?.isOpen()) return session;
      void session?.close();
      return undefined;
    },
    keep: (key, session) => {
      if (isClosed || !session.isOpen()) void session.close();
      else idle.set(key, session);
    },
    close: async () => {
      isClosed = true;
      const sessions = [...idle.values()];
      for (const key of idle.keys()) idle.delete(key);
      await Promise.all(sessions.map((session) => session.close()));
    },
  };
}
