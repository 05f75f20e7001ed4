import { setTimeout as pause } from 'node:timers/promises';
import type { Failure, JsonObject } from '@proviso/contracts';
import { uncleared } from '../actions/regate.ts';
import type { ActionRow } from '../actions/row.ts';
import { isConnectionLost, type Queryable } from '../db.ts';
import { dispatch } from '../dispatch.ts';
import type { Move } from '../lifecycle.ts';
import { writableRecordsOf } from '../records.ts';
import { transitionHeld, type Transition } from '../transition.ts';
import type { Ending } from './ending.ts';
import type { Outcome, Settlement } from './executor.ts';
import { logFailure } from './log-failure.ts';
import { storable } from './storable.ts';
import type { Hold } from './holds.ts';
import { holdBack } from './turn.ts';
import type { Worker } from './worker.ts';

type Written = [Move, Omit<Transition, 'actor'>];
type Done = Extract<Outcome, { kind: 'done' }>;

const RECORD_LIMIT_MS = 60_000;

/** Writes how a run ended, under its fence. Holds out for a minute while the database is away: whether it came too late, the fence says. */
export async function record(worker: Worker, hold: Hold, said: Ending): Promise<void> {
  const ending = storable(said);
  const { identity_id } = hold.action;
  if (ending.kind === 'retry' && ending.afterMs !== undefined && identity_id)
    await holdBack(worker.db, identity_id, ending.afterMs).catch((err: unknown) =>
      worker.log.warn({ err, identity: identity_id }, 'could not hold an identity back'),
    );
  const action =
    ending.kind === 'done' ? await recordDone(worker, hold, ending) : await recordOnce(worker, hold, ending);
  if (!action)
    return worker.log.warn({ action: hold.action.id, ending: ending.kind }, 'an outcome came too late to count');
  logFailure(worker, action, ending);
  dispatch(worker, action);
}

const recordOnce = (worker: Worker, hold: Hold, ending: Exclude<Ending, Done>): Promise<ActionRow | null> =>
  persist(worker, hold, () => write(worker, worker.db, hold.action, writtenOf(worker, hold.action, ending)));

const write = (worker: Worker, db: Queryable, action: ActionRow, [move, how]: Written): Promise<ActionRow | null> =>
  transitionHeld(db, action, move, { ...how, actor: worker.actor });

/** Commits the executor's own rows and the completion together; where the effect is outside, it counts even alone. */
async function recordDone(
  worker: Worker,
  hold: Hold,
  { result, reason, write: writeRows }: Done,
): Promise<ActionRow | null> {
  const { action } = hold;
  const completed = (more: JsonObject = {}): Written => [
    'action.completed',
    {
      change: { result: { ...result, ...more }, ...(reason && { status_reason: reason }) },
      ...(reason && { data: { reason } }),
    },
  ];
  if (!writeRows) return persist(worker, hold, () => write(worker, worker.db, action, completed()));
  const together = (): Promise<ActionRow | null> =>
    worker.db.transaction(async (tx) => {
      const more = await writeRows(writableRecordsOf(tx, action));
      const recorded = await write(worker, tx, action, completed(more ?? {}));
      if (!recorded) throw new LateError();
      return recorded;
    });
  try {
    return await persist(worker, hold, together);
  } catch (error) {
    if (error instanceof LateError) return null;
    worker.log.error({ err: error, action: action.id }, 'what an executor wanted to write could not be written');
    if (hold.begun) return persist(worker, hold, () => write(worker, worker.db, action, completed()));
    return recordOnce(worker, hold, { kind: 'retry', undone: true, message: 'The records could not be written.' });
  }
}

class LateError extends Error {}

/** Connection trouble is waited out; any other error is the caller's. */
export async function persist<T>(worker: Worker, hold: Hold, attempt: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + RECORD_LIMIT_MS;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > giveUpAt) throw error;
      worker.log.warn({ action: hold.action.id, reason: (error as Error).message }, 'the database does not answer yet');
      await pause(waitMs);
    }
  }
}

function writtenOf(worker: Worker, action: ActionRow, ending: Exclude<Ending, Done>): Written {
  // Begun in an earlier attempt and never proven undone: whatever this attempt says, that one may have happened.
  const earlier = action.effect_started_at !== null;
  switch (ending.kind) {
    case 'failed':
      return earlier ? unknowable(ending.message) : failure(ending.code, ending.message);
    case 'refused':
      return earlier ? unknowable(ending.message) : failure('provider_refused', ending.message);
    case 'unknown':
      return unknowable(ending.message);
    case 'settled':
      return settled(ending.settlement, ending.message);
    case 'stale':
      return earlier ? unknowable('It changed between two attempts.') : regated(action, ending);
    case 'later':
      return retried(ending.message, { delayMs: ending.afterMs, undone: !earlier, uncounted: true });
    case 'timeout':
    case 'retry': {
      const undone = (ending.kind === 'timeout' || ending.undone) && !earlier;
      if (ending.kind === 'retry' && isUnavailable(ending)) return putOff(worker, action, { ...ending, undone });
      if (action.attempts < worker.pace.attemptsMax) {
        const delayMs = backoffMs(worker, action.attempts);
        return retried(ending.message, { delayMs, undone, uncounted: false });
      }
      if (!undone) return unknowable(ending.message);
      const code = ending.kind === 'timeout' ? 'timed_out' : 'attempts_exhausted';
      return failure(code, `Given up after ${action.attempts} attempts: ${ending.message}`);
    }
  }
}

type Retry = Extract<Ending, { kind: 'retry' }>;

/** The far side is away or busy and has done nothing, or says itself when it is free. */
const isUnavailable = ({ undone, unavailable, afterMs }: Retry): boolean =>
  (undone && unavailable === true) || afterMs !== undefined;

/** Tried for a day, less and less often: it counts by its time and not by its attempts. All by the database's clock. */
function putOff({ pace }: Worker, action: ActionRow, { message, undone, afterMs }: Retry): Written {
  const { updated_at: claimedAt, unavailable_since: since } = action;
  const sinceMs = since === null ? 0 : claimedAt.getTime() - since.getTime();
  if (sinceMs < pace.unavailableMaxMs)
    return retried(message, {
      delayMs: patienceMs(pace, sinceMs, afterMs),
      undone,
      uncounted: true,
      unavailable: true,
    });
  if (!undone) return unknowable(message);
  return failure('attempts_exhausted', `Given up after ${Math.round(sinceMs / 3_600_000)} h: ${message}`);
}

/** Half as long as it has been away already, spread out; a wish of its own counts until it has lasted. */
function patienceMs(pace: Worker['pace'], sinceMs: number, afterMs: number | undefined): number {
  const longestMs = pace.unavailableDelayMaxMs;
  if (afterMs !== undefined) return Math.max(afterMs, Math.min(sinceMs / 20, longestMs));
  return Math.min(Math.max(sinceMs / 2, pace.backoffBaseMs), longestMs) * (0.5 + Math.random() / 2);
}

/** What the provider says of an effect that may have happened earlier. */
function settled(settlement: Settlement, message: string): Written {
  if (settlement.kind === 'done')
    return ['action.completed', { change: { result: settlement.result }, data: { reconciled: true } }];
  if (settlement.kind === 'not_done')
    return failure('not_sent', `${message} The provider says that it did not happen.`);
  return unknowable(message);
}

const unknowable = (message: string): Written =>
  failure('outcome_unknown', `It may have happened. Check before repeating. (${message})`);

/** Back to a person. */
const regated = (action: ActionRow, { reason, changes, change }: Extract<Ending, { kind: 'stale' }>): Written => [
  'action.regated',
  { change: { ...uncleared(action), ...change, status_reason: reason }, data: { reason, changes } },
];

interface Retried {
  delayMs: number;
  undone: boolean;
  uncounted: boolean;
  unavailable?: boolean;
}

const retried = (message: string, times: Retried): Written => [
  'action.retried',
  { ...times, data: { message, delay_ms: Math.round(times.delayMs), counted: !times.uncounted } },
];

const RETRYABLE: readonly Failure[] = [
  'identity_unavailable',
  'attempts_exhausted',
  'timed_out',
  'crashed',
  'not_sent',
];

/** A failure as it is written: reason, error and event in one. `retryable` = a new proposal may work. */
function failure(code: Failure, message: string): Written {
  const error = { code, message, retryable: RETRYABLE.includes(code) };
  return ['action.failed', { change: { status_reason: code, error }, data: { ...error } }];
}

/** Exponential with full jitter: anywhere between now and the bound, so that a crowd spreads out. */
function backoffMs({ pace }: Worker, attempts: number): number {
  return Math.round(Math.random() * Math.min(pace.backoffMaxMs, pace.backoffBaseMs * 2 ** (attempts - 1)));
}
