import { setTimeout as pause } from 'node:timers/promises';
import type { Failure, JsonObject } from '@proviso/contracts';
import { runRecorded } from '../action/diagnostics.ts';
import { returnToReview } from '../action/return-to-review.ts';
import type { ActionRow } from '../action/row.ts';
import { type Queryable } from '../platform/db.ts';
import { isConnectionLost } from '../platform/database-errors.ts';
import { dispatch } from '../action/dispatch.ts';
import type { Move } from '../action/lifecycle.ts';
import { writableRecordsOf } from '../crm/records.ts';
import { transitionHeld, type Transition } from '../action/transition.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Outcome, Reconciliation } from '../executors/executor.ts';
import { logOutcome } from './log-outcome.ts';
import { sanitizeResult } from '../executors/sanitize-result.ts';
import type { Lease } from './leases.ts';
import { throttleIdentity } from './identity-rate-limit.ts';
import { traceResult } from './trace-run.ts';
import type { Worker } from './worker.ts';

type PlannedMove = [Move, Omit<Transition, 'actor'>];
type Done = Extract<Outcome, { kind: 'done' }>;

const RECORD_LIMIT_MS = 60_000;

/**
 * Records how a run ended, under its fence. Retries for a minute while the database is down; the fence refuses a record
 * that comes too late.
 */
export async function record(worker: Worker, lease: Lease, unsanitized: RunResult): Promise<void> {
  const result = sanitizeResult(unsanitized);
  const { identity_id } = lease.action;
  if (result.kind === 'retry' && result.afterMs !== undefined && identity_id)
    await throttleIdentity(worker.db, identity_id, result.afterMs).catch((err: unknown) =>
      worker.log.warn({ err, identity: identity_id }, 'could not throttle an identity'),
    );
  const action =
    result.kind === 'done' ? await recordDone(worker, lease, result) : await recordOnce(worker, lease, result);
  if (!action)
    return worker.log.warn(
      { action: lease.action.id, result: result.kind },
      'an outcome came too late and was ignored',
    );
  logOutcome(worker, action, result);
  traceResult(action);
  runRecorded.publish({ action, result: result.kind, seconds: (performance.now() - lease.startedAt) / 1000 });
  dispatch(worker, action);
}

const recordOnce = (worker: Worker, lease: Lease, result: Exclude<RunResult, Done>): Promise<ActionRow | null> =>
  retryWhileDisconnected(worker, lease, () =>
    write(worker, worker.db, lease.action, moveFor(worker, lease.action, result)),
  );

const write = (worker: Worker, db: Queryable, action: ActionRow, [move, how]: PlannedMove): Promise<ActionRow | null> =>
  transitionHeld(db, action, move, { ...how, actor: worker.actor });

/**
 * Commits the executor's own rows and the completion together. If the effect is external, the completion counts even
 * alone.
 */
async function recordDone(
  worker: Worker,
  lease: Lease,
  { result, reason, write: writeRows }: Done,
): Promise<ActionRow | null> {
  const { action } = lease;
  const completed = (more: JsonObject = {}): PlannedMove => [
    'action.completed',
    {
      change: { result: { ...result, ...more }, ...(reason && { status_reason: reason }) },
      ...(reason && { data: { reason } }),
    },
  ];
  if (!writeRows) return retryWhileDisconnected(worker, lease, () => write(worker, worker.db, action, completed()));
  const writeAndComplete = (): Promise<ActionRow | null> =>
    worker.db.transaction(async (tx) => {
      const more = await writeRows(writableRecordsOf(tx, action));
      const recorded = await write(worker, tx, action, completed(more ?? {}));
      if (!recorded) throw new LateError();
      return recorded;
    });
  try {
    return await retryWhileDisconnected(worker, lease, writeAndComplete);
  } catch (error) {
    if (error instanceof LateError) return null;
    worker.log.error({ err: error, action: action.id }, 'the records of an executor could not be written');
    if (lease.begun) return retryWhileDisconnected(worker, lease, () => write(worker, worker.db, action, completed()));
    return recordOnce(worker, lease, { kind: 'retry', undone: true, message: 'The records could not be written.' });
  }
}

class LateError extends Error {}

/** Retries connection errors; throws any other error. */
export async function retryWhileDisconnected<T>(worker: Worker, lease: Lease, attempt: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + RECORD_LIMIT_MS;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > giveUpAt) throw error;
      worker.log.warn(
        { action: lease.action.id, reason: (error as Error).message },
        'the database is still not responding',
      );
      await pause(waitMs);
    }
  }
}

function moveFor(worker: Worker, action: ActionRow, result: Exclude<RunResult, Done>): PlannedMove {
  // An earlier attempt started the effect and never proved it undone. Whatever this attempt reports, that one may have
  // happened.
  const earlier = action.effect_started_at !== null;
  switch (result.kind) {
    case 'failed':
      return earlier ? outcomeUnknown(result.message) : failure(result.code, result.message);
    case 'refused':
      return earlier ? outcomeUnknown(result.message) : failure('provider_refused', result.message);
    case 'unknown':
      return outcomeUnknown(result.message);
    case 'reconciled':
      return moveForReconciliation(result.reconciliation, result.message);
    case 'stale':
      return earlier
        ? outcomeUnknown('The action’s target changed between two attempts.')
        : moveToReview(action, result);
    case 'later':
      return retried(result.message, { delayMs: result.afterMs, undone: !earlier, uncounted: true });
    case 'timeout':
    case 'retry': {
      const undone = (result.kind === 'timeout' || result.undone) && !earlier;
      if (result.kind === 'retry' && isUnavailable(result))
        return retryUnavailable(worker, action, { ...result, undone });
      if (action.attempts < worker.timings.attemptsMax) {
        const delayMs = backoffMs(worker, action.attempts);
        return retried(result.message, { delayMs, undone, uncounted: false });
      }
      if (!undone) return outcomeUnknown(result.message);
      const code = result.kind === 'timeout' ? 'timed_out' : 'attempts_exhausted';
      return failure(code, `Gave up after ${action.attempts} attempts: ${result.message}`);
    }
  }
}

type Retry = Extract<RunResult, { kind: 'retry' }>;

/** The provider is away or busy and has done nothing, or says itself when it is free. */
const isUnavailable = ({ undone, unavailable, afterMs }: Retry): boolean =>
  (undone && unavailable === true) || afterMs !== undefined;

/** Retries for a day, less and less often: limited by time, not by attempts. All by the database's clock. */
function retryUnavailable({ timings }: Worker, action: ActionRow, { message, undone, afterMs }: Retry): PlannedMove {
  const { updated_at: claimedAt, unavailable_since: since } = action;
  const sinceMs = since === null ? 0 : claimedAt.getTime() - since.getTime();
  if (sinceMs < timings.unavailableMaxMs)
    return retried(message, {
      delayMs: unavailableBackoffMs(timings, sinceMs, afterMs),
      undone,
      uncounted: true,
      unavailable: true,
    });
  if (!undone) return outcomeUnknown(message);
  return failure('attempts_exhausted', `Gave up after ${Math.round(sinceMs / 3_600_000)} h: ${message}`);
}

/** Half as long as it has been away so far, with jitter. The provider's own wish counts until it has passed. */
function unavailableBackoffMs(timings: Worker['timings'], sinceMs: number, afterMs: number | undefined): number {
  const longestMs = timings.unavailableDelayMaxMs;
  if (afterMs !== undefined) return Math.max(afterMs, Math.min(sinceMs / 20, longestMs));
  return Math.min(Math.max(sinceMs / 2, timings.backoffBaseMs), longestMs) * (0.5 + Math.random() / 2);
}

/** What the provider says about an effect that may have happened earlier. */
function moveForReconciliation(settlement: Reconciliation, message: string): PlannedMove {
  if (settlement.kind === 'done')
    return ['action.completed', { change: { result: settlement.result }, data: { reconciled: true } }];
  if (settlement.kind === 'not_done')
    return failure('not_sent', `${message} The provider reports that it did not happen.`);
  return outcomeUnknown(message);
}

const outcomeUnknown = (message: string): PlannedMove =>
  failure('outcome_unknown', `It may have happened. Check before repeating. (${message})`);

/** Returns the action to a person. */
const moveToReview = (
  action: ActionRow,
  { reason, changes, change }: Extract<RunResult, { kind: 'stale' }>,
): PlannedMove => [
  'action.returned_to_review',
  { change: { ...returnToReview(action), ...change, status_reason: reason }, data: { reason, changes } },
];

interface Retried {
  delayMs: number;
  undone: boolean;
  uncounted: boolean;
  unavailable?: boolean;
}

const retried = (message: string, times: Retried): PlannedMove => [
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

/** The columns and event of a failure. `retryable`: a new proposal may work. */
function failure(code: Failure, message: string): PlannedMove {
  const error = { code, message, retryable: RETRYABLE.includes(code) };
  return ['action.failed', { change: { status_reason: code, error }, data: { ...error } }];
}

/** Exponential with full jitter: anywhere between now and the limit, so that retries spread out. */
function backoffMs({ timings }: Worker, attempts: number): number {
  return Math.round(Math.random() * Math.min(timings.backoffMaxMs, timings.backoffBaseMs * 2 ** (attempts - 1)));
}
