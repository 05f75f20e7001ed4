// How soon the fleet catches up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@proviso/core';
import type { Evidence } from '@proviso/testing';
import type { Held } from './faults.ts';

/** How long the fleet may take to end everything due after the last fault. */
const SETTLE_LIMIT_MS = 60_000;

/** From a kill -9 until another process had each action that the worker ran. */
export function recoveryTimesOf({ at, owner, actions }: Held, { events }: Evidence): number[] {
  const goesOn = ['action.claimed', 'action.completed', 'action.failed'];
  return actions.flatMap((id) => {
    const after = (events.get(id) ?? []).filter((event) => event.at > at);
    if (after.some(({ actor }) => actor.id === owner)) return []; // it ended before the kill reached it
    const next = after.find(({ event }) => goesOn.includes(event));
    return next ? [next.at.getTime() - at.getTime()] : [];
  });
}

/** How late each action ended that was open when the last fault ended. */
export function catchUpTimesOf({ actions, events }: Evidence, faultsEndedAt: Date): number[] {
  return actions.flatMap(({ id, due_at }) => {
    const log = events.get(id) ?? [];
    const end = log.findLast(({ event }) => event === 'action.completed' || event === 'action.failed');
    if (!end || end.at < faultsEndedAt) return [];
    const cleared = log.findLast(({ event }) => /created|approved|released/.test(event));
    return [end.at.getTime() - Math.max(faultsEndedAt.getTime(), due_at.getTime(), cleared?.at.getTime() ?? 0)];
  });
}

/** Whether nothing is due or running. */
export async function waitUntilSettled(db: Database, stop: AbortSignal): Promise<boolean> {
  for (
    const limit = performance.now() + SETTLE_LIMIT_MS;
    performance.now() < limit && !stop.aborted;
    await sleep(200)
  ) {
    const open = db.pool.query<{ count: number }>(
      "select count(*)::int as count from actions where status in ('running', 'scheduled', 'approved', 'auto_approved')",
    );
    if ((await open.catch(() => undefined))?.rows[0]?.count === 0) return true;
  }
  return false;
}
