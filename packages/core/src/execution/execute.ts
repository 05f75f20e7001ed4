// From a wake-up to a recorded outcome. Each step is one call that returns one of a closed set of run results, and only
// `record` writes. Held by execute.test.ts, recover.test.ts and the crash stories.
import { runStarted } from '../action/diagnostics.ts';
import type { ActionRow } from '../action/row.ts';
import { FIND_DUE } from '../action/sql/find.ts';
import { isConnectionLost, isDatabaseError } from '../platform/database-errors.ts';
import { AppError } from '../platform/errors.ts';
import { claim } from './claim.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { check } from './check.ts';
import { acquireRateLimit } from './identity-rate-limit.ts';
import type { Ready } from './load.ts';
import { perform } from './perform.ts';
import { reconcile } from './reconcile.ts';
import { record } from './record.ts';
import type { RunResult } from '../executors/run-result.ts';
import { guaranteeOf, openRun, type Run } from './run.ts';
import { traceRun } from './trace-run.ts';
import type { Worker } from './worker.ts';

/** A wake-up later than this has waited behind others. */
const LATE_MS = 250;

/**
 * Runs the action that a wake-up names, if it may run now. Returns how many ms are left if it is not yet due. A wake-up
 * that is late or finds no free slot only says that something is due: `sweepSoon` is called, now or when a slot is
 * free, and the sweep picks what is next. The promise then resolves when a slot is free, so that further wake-ups go to
 * other processes. Without `sweepSoon`, the action itself runs however late, or not at all.
 */
export async function execute(worker: Worker, id: string, sweepSoon?: () => void): Promise<number | undefined> {
  const { slots } = worker;
  const [due] = await worker.db.query(FIND_DUE, { id });
  if (!due) return undefined;
  // While dispatch is held, no sweep takes it: the claim sends the wake-up back.
  const isLate = sweepSoon !== undefined && due.late_ms > LATE_MS && worker.epoch.mayDispatch();
  if (isLate || !(await slots.acquire(due, sweepSoon))) {
    if (isLate) sweepSoon();
    if (sweepSoon) await slots.whenSlotFree();
    return undefined;
  }
  try {
    const { action, earlyMs } = await claim(worker, id);
    if (action) await runClaimed(worker, action);
    return earlyMs;
  } finally {
    slots.release(due);
  }
}

/**
 * Runs an action that holds a slot, and releases the slot. If the run cannot be recorded, it is logged, and its lease
 * expires.
 */
export async function runInSlot(worker: Worker, action: ActionRow): Promise<void> {
  try {
    await runClaimed(worker, action);
  } catch (err) {
    worker.log.error({ err, action: action.id }, 'a run could not be recorded');
  } finally {
    worker.slots.release(action);
  }
}

/** Runs a claimed action to its recorded outcome. */
export async function runClaimed(worker: Worker, action: ActionRow): Promise<void> {
  const lease = worker.leases.start(action);
  runStarted.publish({ action });
  try {
    await traceRun(action, async () => record(worker, lease, await resultOf(openRun(worker, lease))));
  } finally {
    worker.leases.release(lease);
  }
}

/** Each step passes on what the next one needs, or ends the run. */
type Step = (run: Run, ready: Ready) => Promise<Ready | RunResult>;
const BEFORE_THE_EFFECT: readonly Step[] = [acquireRateLimit, check];

/** load → acquireRateLimit → check → perform. Catches whatever any of them throws. */
async function resultOf(run: Run): Promise<RunResult> {
  try {
    if (await idempotencyKeyExpired(run))
      return await reconcile(run, 'The provider no longer remembers the idempotency key of the earlier attempt.');
    const { timeoutMs } = run.worker.timings;
    const message = `The guard did not answer within ${timeoutMs / 1000} s.`;
    const checked = await withTimeout<Ready | RunResult>(prepare(run), timeoutMs, () => ({ kind: 'timeout', message }));
    return checked.kind === 'ready' ? await perform(run, checked) : checked;
  } catch (error) {
    return resultBeforeEffect(run, error);
  }
}

async function prepare(run: Run): Promise<Ready | RunResult> {
  let state = await run.load();
  for (const step of BEFORE_THE_EFFECT) if (state.kind === 'ready') state = await step(run, state);
  return state;
}

/** The effect started in an earlier attempt, so long ago that the provider would treat another one as new. */
async function idempotencyKeyExpired(run: Run): Promise<boolean> {
  const { effect_started_at, updated_at } = run.action;
  if (!effect_started_at) return false;
  const { delivery, repeatableMs } = await guaranteeOf(run);
  if (delivery === 'transactional') return false;
  return updated_at.getTime() - effect_started_at.getTime() >= repeatableMs; // both by the database's clock
}

const DATABASE_AWAY_MS = 2_000;

/**
 * A failure outside the effect, so nothing happened in this run. It uses up no attempt if the database was unavailable.
 * If the effect may already have started, the lease expires, and recovery decides.
 */
function resultBeforeEffect({ worker, lease, action }: Run, error: unknown): RunResult {
  if (lease.begun) throw error;
  worker.log.error({ err: error, action: action.id }, 'a run failed before its effect');
  const isAway = error instanceof AppError && error.code === 'UNAVAILABLE'; // no connection was free
  if (isAway || isDatabaseError(error) || isConnectionLost(error))
    return { kind: 'later', message: 'The database was unavailable; nothing was done.', afterMs: DATABASE_AWAY_MS };
  return { kind: 'retry', undone: true, message: 'The run failed before its effect; see the worker’s log.' };
}
