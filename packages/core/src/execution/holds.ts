import type { Logger } from 'pino';
import type { ActionRow } from '../actions/row.ts';
import { HEARTBEAT } from '../actions/worker-statements.ts';
import type { Queryable } from '../db.ts';

/** An action that this process has claimed and still runs. */
export interface Hold {
  action: ActionRow;
  /** Aborts when the lease is lost. */
  signal: AbortSignal;
  /** The effect may have begun in this attempt. */
  begun: boolean;
  /** What kept `begin` from being committed, or from being heard of: the effect did not begin. */
  beginError?: unknown;
}

/** All that this process runs, kept alive by one heartbeat. */
export interface Holds {
  take(action: ActionRow): Hold;
  release(hold: Hold): void;
  count(): number;
  /** Settles when nothing runs. */
  idle(): Promise<void>;
  close(): void;
}

export interface LeaseTimes {
  leaseMs: number;
  heartbeatMs: number;
}

/** Prolongs every hold's lease; a hold that the database does not confirm, or cannot for a whole lease, is aborted. */
export function createHolds(db: Queryable, log: Logger, { leaseMs, heartbeatMs }: LeaseTimes): Holds {
  const held = new Map<Hold, { abort: AbortController; confirmedAt: number }>();
  const waiting: (() => void)[] = [];

  const lose = (hold: Hold, why: string): void => {
    const state = held.get(hold);
    if (!state || state.abort.signal.aborted) return;
    log.warn({ action: hold.action.id, fence: hold.action.fence, why }, 'lost the lease of a running action');
    state.abort.abort(new Error(`lost the lease: ${why}`));
  };

  const beat = async (): Promise<void> => {
    const holds = [...held.keys()];
    if (holds.length === 0) return;
    const sentAt = performance.now();
    const ids = holds.map(({ action }) => action.id);
    const fences = holds.map(({ action }) => action.fence);
    const kept = await db.query<{ id: string }>(HEARTBEAT, [ids, fences, leaseMs]).catch(() => undefined);
    const confirmed = new Set(kept?.map(({ id }) => id));
    for (const hold of holds) {
      const state = held.get(hold);
      if (!state) continue;
      if (confirmed.has(hold.action.id)) state.confirmedAt = sentAt;
      else if (kept) lose(hold, 'another worker has it, or it ran out');
      else if (performance.now() - state.confirmedAt > leaseMs)
        lose(hold, 'the database did not answer for a whole lease');
    }
  };

  const timer = setInterval(() => void beat(), heartbeatMs).unref(); // keeps no process by itself
  return {
    take: (action) => {
      const abort = new AbortController();
      const hold: Hold = { action, signal: abort.signal, begun: false };
      held.set(hold, { abort, confirmedAt: performance.now() });
      return hold;
    },
    release: (hold) => {
      held.delete(hold);
      if (held.size === 0) for (const done of waiting.splice(0)) done();
    },
    count: () => held.size,
    idle: () => (held.size === 0 ? Promise.resolve() : new Promise((done) => void waiting.push(done))),
    close: () => clearInterval(timer),
  };
}
