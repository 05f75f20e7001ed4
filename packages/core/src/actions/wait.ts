import type { Queryable } from '../db.ts';
import { forProcess } from '../fair-pool.ts';
import { FIND_ENDED } from './statements.ts';

/** How often the actions that somebody waits for are looked at, all in one query. */
const LOOK_MS = 250;

/** Those who wait for actions to end, in this process: one query at a time for all of them, and none without them. */
export interface Waiters {
  /** Settles when the action has ended, the time is over, or `gone` aborts; never rejects. */
  ended(id: string, limitMs: number, gone: AbortSignal): Promise<void>;
  count(): number;
}

export function createWaiters(db: Queryable): Waiters {
  const waiting = new Map<symbol, { id: string; leave: () => void }>();
  let looking = false;

  const look = async (): Promise<void> => {
    const ids = [...new Set([...waiting.values()].map(({ id }) => id))];
    // A database that is away now may be back for the next look; the limits go on running.
    const rows = await db.query<{ id: string }>(FIND_ENDED, [ids]).catch(() => []);
    const ended = new Set(rows.map(({ id }) => id));
    for (const { id, leave } of waiting.values()) if (ended.has(id)) leave();
  };

  const lookOn = (): void => {
    if (looking || waiting.size === 0) return;
    looking = true;
    setTimeout(() => {
      void look().finally(() => {
        looking = false;
        lookOn();
      });
    }, LOOK_MS).unref();
  };

  return {
    ended: (id, limitMs, gone) =>
      new Promise((resolve) => {
        if (gone.aborted) return resolve();
        const key = Symbol(id);
        const leave = (): void => {
          clearTimeout(timer);
          gone.removeEventListener('abort', leave);
          waiting.delete(key);
          resolve();
        };
        const timer = setTimeout(leave, limitMs);
        gone.addEventListener('abort', leave);
        waiting.set(key, { id, leave });
        forProcess(lookOn);
      }),
    count: () => waiting.size,
  };
}
