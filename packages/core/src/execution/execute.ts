// From a ring to a recorded outcome. Each step is one call; what it decides is a closed set of endings, and `record` is
// the only step that writes. Held by execute.test.ts, recover.test.ts and the crash stories.
import type { ActionRow } from '../actions/row.ts';
import { FIND_SEAT } from '../actions/statements.ts';
import { claim } from './claim.ts';
import { promisedFor } from './delivery.ts';
import type { Ending } from './ending.ts';
import { findExecutor } from './find-executor.ts';
import { check, type Ready } from './guard.ts';
import type { Hold } from './holds.ts';
import { limited } from './limited.ts';
import { perform } from './perform.ts';
import { reconcile } from './reconcile.ts';
import { record } from './record.ts';
import type { Seat } from './room.ts';
import type { Worker } from './worker.ts';

/**
 * Looks at an action that was rung for, and runs it if it may run now; a number = not due for so many ms. Where this
 * process has no room for it now, `again` is called when there may be.
 */
export async function execute(worker: Worker, id: string, again?: () => void): Promise<number | undefined> {
  const [seat] = await worker.db.query<Seat>(FIND_SEAT, [id]);
  if (!seat || !(await worker.room.enter(seat, again))) return undefined;
  try {
    const { action, earlyMs } = await claim(worker, id);
    if (action) await run(worker, action);
    return earlyMs;
  } finally {
    worker.room.leave(seat);
  }
}

/** Runs an action that a claim has let in, and lets it go. A run that cannot be recorded is logged, and its lease runs out. */
export async function runSeated(worker: Worker, action: ActionRow): Promise<void> {
  try {
    await run(worker, action);
  } catch (err) {
    worker.log.error({ err, action: action.id }, 'a run could not be recorded');
  } finally {
    worker.room.leave(action);
  }
}

/** Runs a claimed action to its recorded outcome. */
export async function run(worker: Worker, action: ActionRow): Promise<void> {
  const hold = worker.holds.take(action);
  try {
    await record(worker, hold, await endingOf(worker, hold));
  } finally {
    worker.holds.release(hold);
  }
}

async function endingOf(worker: Worker, hold: Hold): Promise<Ending> {
  if (await isForgotten(worker, hold.action))
    return reconcile(worker, hold, 'The provider has forgotten the earlier attempt’s key.');
  const { timeoutMs } = worker.pace;
  const late = (): Ending => ({ kind: 'timeout', message: `The guard gave no answer within ${timeoutMs / 1000} s.` });
  const checked = await limited<Ready | Ending>(check(worker, hold.action), timeoutMs, late);
  return checked.kind === 'ready' ? perform(worker, hold, checked) : checked;
}

/** Begun in an earlier attempt, so long ago that the provider would take another one for a new effect. */
async function isForgotten(worker: Worker, action: ActionRow): Promise<boolean> {
  const { effect_started_at, updated_at } = action;
  if (!effect_started_at) return false;
  const executor = await findExecutor(worker, action.workspace_id, action.type);
  const { delivery, repeatableMs } = await promisedFor(worker, executor, action);
  if (delivery === 'transactional') return false;
  return updated_at.getTime() - effect_started_at.getTime() >= repeatableMs; // both by the database's clock
}
