import type { Logger } from 'pino';
import { leaseLost } from '../action/diagnostics.ts';
import type { ActionRow } from '../action/row.ts';
import { HEARTBEAT } from '../action/sql/leases.ts';
import type { Queryable } from '../platform/db.ts';

/** The right to run a claimed action, as long as it is renewed. */
export interface Lease {
  action: ActionRow;
  /** When this process took it, by performance.now(). */
  startedAt: number;
  /** Aborts when the lease is lost. */
  signal: AbortSignal;
  /** The effect may have begun in this attempt. */
  begun: boolean;
  /** The error with which `begin` failed: the effect did not start. */
  beginError?: unknown;
}

/** The leases of all actions that this process runs, renewed by one heartbeat. */
export interface Leases {
  start(action: ActionRow): Lease;
  release(lease: Lease): void;
  count(): number;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
  close(): void;
}

export interface LeaseTimings {
  leaseMs: number;
  heartbeatMs: number;
}

/** Renews every lease. Aborts one that the database refuses, or has not confirmed for its whole length. */
export function createLeases(db: Queryable, log: Logger, { leaseMs, heartbeatMs }: LeaseTimings): Leases {
  const active = new Map<Lease, { abort: AbortController; confirmedAt: number }>();
  const waiting: (() => void)[] = [];

  const abortLease = (lease: Lease, why: string): void => {
    const state = active.get(lease);
    if (!state || state.abort.signal.aborted) return;
    log.warn({ action: lease.action.id, fence: lease.action.fence, why }, 'lost the lease of a running action');
    state.abort.abort(new Error(`lost the lease: ${why}`));
    leaseLost.publish({ action: lease.action });
  };

  const sendHeartbeat = async (): Promise<void> => {
    const leases = [...active.keys()];
    if (leases.length === 0) return;
    const sentAt = performance.now();
    const ids = leases.map(({ action }) => action.id);
    const fences = leases.map(({ action }) => action.fence);
    const renewed = await db.query(HEARTBEAT, { ids, fences, leaseMs }).catch(() => undefined);
    const confirmed = new Set(renewed?.map(({ id }) => id));
    for (const lease of leases) {
      const state = active.get(lease);
      if (!state) continue;
      if (confirmed.has(lease.action.id)) state.confirmedAt = sentAt;
      else if (renewed) abortLease(lease, 'another worker took it, or it expired');
      else if (performance.now() - state.confirmedAt > leaseMs)
        abortLease(lease, 'the database did not answer before it expired');
    }
  };

  const timer = setInterval(() => void sendHeartbeat(), heartbeatMs).unref(); // does not keep the process alive
  return {
    start: (action) => {
      const abort = new AbortController();
      const startedAt = performance.now();
      const lease: Lease = { action, startedAt, signal: abort.signal, begun: false };
      active.set(lease, { abort, confirmedAt: startedAt });
      return lease;
    },
    release: (lease) => {
      active.delete(lease);
      if (active.size === 0) for (const done of waiting.splice(0)) done();
    },
    count: () => active.size,
    idle: () => (active.size === 0 ? Promise.resolve() : new Promise((done) => void waiting.push(done))),
    close: () => clearInterval(timer),
  };
}
