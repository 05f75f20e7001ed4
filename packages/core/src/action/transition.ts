// The one way a status moves: a guarded UPDATE that writes its event in the same statement, by the table of
// lifecycle.ts. Held by lifecycle.test.ts and races.test.ts.
import { ActionError } from './action-error.ts';
import type { Actor, JsonObject, Status } from '@proviso/contracts';
import { rowFromJson, type ActionChange, type ActionRow } from './row.ts';
import { moveStatement, type MoveAnswer } from './sql/moves.ts';
import { type Queryable } from '../platform/db.ts';
import { isDuplicate } from '../platform/database-errors.ts';
import { AppError } from '../platform/errors.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import { linkActiveSpan } from '../platform/tracing.ts';
import { actionMoved } from './diagnostics.ts';
import { LIFECYCLE, type Move } from './lifecycle.ts';

export interface Transition {
  actor: Actor;
  change?: ActionChange;
  /** Written to the event. */
  data?: JsonObject;
  /** For approved: due now, whatever the scheduled time. */
  dueNow?: boolean;
  /** For approved: due no earlier than this long from now, by the database's clock. */
  holdMs?: number;
  /** For retried: due this long from now, by the database's clock. */
  delayMs?: number;
  /** For retried: certain that nothing happened. */
  undone?: boolean;
  /** For retried: uses up no attempt. */
  uncounted?: boolean;
  /** For retried: the provider is away or busy. */
  unavailable?: boolean;
  idempotency?: Idempotency | undefined;
}

/**
 * Moves an action that was read as `seen`. The version that was read guards a person's verb; the fence guards a
 * worker's. Throws NOT_FOUND, INVALID_STATE (the status does not allow it) or CONFLICT (it changed since it was read).
 * The last two carry the current action.
 */
export async function transition(db: Queryable, seen: ActionRow, move: Move, how: Transition): Promise<ActionRow> {
  const answer = await attempt(db, seen, move, { ...how, version: seen.version, fence: null });
  const now = answer.action ? rowFromJson(answer.action, versionOf(seen, how)) : undefined;
  if (answer.code === 'MOVED' && now) linkActiveSpan(now.traceparent);
  if (answer.code === 'MOVED' && now) return published(now, move, seen);
  if (!now) throw new AppError('NOT_FOUND', 'There is no such action.');
  if (answer.code === 'CONFLICT')
    throw new ActionError('CONFLICT', 'The action has changed. Reload it and try again.', now);
  throw new ActionError('INVALID_STATE', refusal(now, move, answer.code), now);
}

/** Moves a running action for the worker that holds `held.fence`; null = the row has another fence. */
export async function transitionHeld(
  db: Queryable,
  held: ActionRow,
  move: Move,
  how: Transition,
): Promise<ActionRow | null> {
  const answer = await attempt(db, held, move, { ...how, version: null, fence: held.fence });
  if (answer.code !== 'MOVED' || !answer.action) return null;
  return published(rowFromJson(answer.action, versionOf(held, how)), move, held);
}

function published(action: ActionRow, event: Move, { status: from }: ActionRow): ActionRow {
  actionMoved.publish({ event, from, action });
  return action;
}

/** The config version of the identity that the row names after the move. */
const versionOf = (seen: ActionRow, { change }: Transition): number | null =>
  change?.identity_version ?? seen.identity_version;

async function attempt(
  db: Queryable,
  seen: ActionRow,
  move: Move,
  how: Transition & { version: number | null; fence: number | null },
): Promise<MoveAnswer> {
  const { dueNow, holdMs, delayMs, undone, uncounted, unavailable, idempotency } = how;
  const options = { due_now: dueNow, hold_ms: holdMs, delay_ms: delayMs, undone, uncounted, unavailable };
  try {
    const [answer] = await db.query(moveStatement(move), {
      id: seen.id,
      workspace: seen.workspace_id,
      version: how.version,
      fence: how.fence,
      actor: JSON.stringify(how.actor),
      data: JSON.stringify(how.data ?? {}),
      change: JSON.stringify({ ...how.change }),
      options: JSON.stringify(options),
      token: idempotency?.tokenId ?? null,
      key: idempotency?.key ?? null,
      requestHash: idempotency?.requestHash ?? null,
      identityVersion: versionOf(seen, how),
    });
    return answer ?? { code: 'NOT_FOUND', action: null };
  } catch (error) {
    // The same key won elsewhere at the same moment; the caller replays it (see idempotency.ts).
    if (idempotency && isDuplicate(error))
      throw new AppError('CONFLICT', 'A request with this Idempotency-Key has just finished.');
    throw error;
  }
}

/** The verb in messages, where it differs from the event's name. */
const VERBS: Partial<Record<Move, string>> = {
  'action.released': 'run now',
  'action.returned_to_review': 'returned to review',
  'action.updated': 'changed',
  'action.outcome_confirmed': 'confirmed',
};

function refusal(now: ActionRow, move: Move, code: string): string {
  const verb = VERBS[move] ?? move.slice('action.'.length);
  if (code === 'EXPIRED') return 'The action has expired. Propose it again.';
  if (code === 'BEGUN') return `The action cannot be ${verb}: its effect may have started. Wait for it to end.`;
  if (code === 'OUTCOME_KNOWN') return 'The outcome of the action is known. Read the action for what happened.';
  const from = (Object.keys(LIFECYCLE) as Status[]).filter((status) => LIFECYCLE[status][move]);
  return `An action that is ${now.status} cannot be ${verb}: it must be ${from.join(' or ')}.`;
}
