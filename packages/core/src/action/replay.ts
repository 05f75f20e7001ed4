import type { Database } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import { findSnapshot, type Idempotency } from '../platform/idempotency.ts';
import { rowFromJson, type ActionRow } from './row.ts';

/** The action as the first request with this key left it. */
async function replay(db: Database, use: Idempotency): Promise<ActionRow | undefined> {
  const snapshot = await findSnapshot(db, use);
  use.replayed = snapshot !== undefined;
  return snapshot && rowFromJson(snapshot);
}

/**
 * Runs a verb that moves one action, whose statement keeps the key itself. A duplicate gets the action as the first
 * request left it, also when it lost the race to it at this very moment.
 */
export async function replayOrRun(
  db: Database,
  use: Idempotency | undefined,
  work: () => Promise<ActionRow>,
): Promise<ActionRow> {
  return (use && (await replay(db, use))) ?? runOrReplay(db, use, work);
}

/**
 * Runs work whose statement replays by itself. What refuses a duplicate before that (an identity that was disabled
 * since, an expiry that has passed) does not take the first request's reply away.
 */
export async function runOrReplay(
  db: Database,
  use: Idempotency | undefined,
  work: () => Promise<ActionRow>,
): Promise<ActionRow> {
  try {
    return await work();
  } catch (error) {
    const first = use && error instanceof AppError ? await replay(db, use) : undefined;
    if (first) return first;
    throw error;
  }
}
