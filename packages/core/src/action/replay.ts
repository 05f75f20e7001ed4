import type { Database } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import { findSnapshot, type Idempotency } from '../platform/idempotency.ts';
import { rowFromJson, type ActionRow } from './row.ts';

/** Returns the action as the first request with this key left it. */
async function replay(db: Database, use: Idempotency): Promise<ActionRow | undefined> {
  const snapshot = await findSnapshot(db, use);
  use.replayed = snapshot !== undefined;
  return snapshot && rowFromJson(snapshot);
}

/**
 * Runs a verb that moves one action and whose statement stores the key. A duplicate gets the action as the first
 * request left it, even when both run at the same time.
 */
export async function replayOrRun(
  db: Database,
  use: Idempotency | undefined,
  work: () => Promise<ActionRow>,
): Promise<ActionRow> {
  return (use && (await replay(db, use))) ?? runOrReplay(db, use, work);
}

/**
 * Runs work whose statement replays a duplicate itself. If something refuses the duplicate before that statement, such
 * as an identity disabled since or a passed expiry, it still gets the first request's reply.
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
