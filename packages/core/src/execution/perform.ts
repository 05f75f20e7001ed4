import { hashJson } from '../canonical.ts';
import { assertNoTransaction, isDatabaseError } from '../db.ts';
import { BEGIN_EFFECT } from '../actions/worker-statements.ts';
import { showId } from '../ids.ts';
import { promisedBy } from './delivery.ts';
import type { Ending } from './ending.ts';
import { retry, unknown, type RunContext } from './executor.ts';
import type { Ready } from './guard.ts';
import type { Hold } from './holds.ts';
import type { Worker } from './worker.ts';

/** How long an executor may take to settle after its time is up; then what is known of the run decides. */
const SETTLE_MS = 2_000;

/** Runs the executor within its time. A throw is a bug, and unknown once the effect may have begun. */
export async function perform(worker: Worker, hold: Hold, ready: Ready): Promise<Ending> {
  assertNoTransaction(`The far side of ${ready.executor.type}`);
  const timeoutMs = ready.executor.timeoutMs ?? worker.pace.timeoutMs;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(new Error('the time is up')), timeoutMs);
  const signal = AbortSignal.any([hold.signal, timer.signal]);
  try {
    const outcome = await Promise.race([
      ready.executor.execute(contextOf(worker, hold, ready, signal)),
      afterAbort(signal).then(() => onTimeout(hold, timeoutMs)),
    ]);
    return honest(hold, ready, demandOutcome(outcome));
  } catch (error) {
    if (!hold.begun && (('beginError' in hold && error === hold.beginError) || isDatabaseError(error))) throw error;
    if (timer.signal.aborted) return honest(hold, ready, onTimeout(hold, timeoutMs)); // it gave up when it was told to
    worker.log.error({ err: error, action: hold.action.id, begun: hold.begun }, 'an executor threw');
    const message = 'The executor failed unexpectedly; the worker’s log says more.'; // its own words may hold anything
    return hold.begun ? honest(hold, ready, unknown(message)) : retry(message, { undone: true });
  } finally {
    clearTimeout(timeout);
    timer.abort(new Error('the run is over')); // a straggler may not begin any more
  }
}

const afterAbort = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => setTimeout(resolve, SETTLE_MS).unref();
    if (signal.aborted) settle();
    else signal.addEventListener('abort', settle, { once: true });
  });

const onTimeout = (hold: Hold, timeoutMs: number): Ending => {
  const message = `No outcome within ${timeoutMs / 1000} s.`;
  return hold.begun ? unknown(message) : { kind: 'timeout', message };
};

const ENDINGS: readonly unknown[] = ['done', 'refused', 'retry', 'unknown', 'timeout'] satisfies Ending['kind'][];

/** Anything else that an executor returns is a bug of its, like a throw. */
function demandOutcome(said: unknown): Ending {
  if (ENDINGS.includes((said as { kind?: unknown } | undefined)?.kind)) return said as Ending;
  throw new TypeError('an executor returned something that is no outcome');
}

/** An effect that may have happened is repeated only where the provider tells a repetition from a second effect. */
function honest(hold: Hold, { executor, params, identity }: Ready, outcome: Ending): Ending {
  const ambiguous = outcome.kind === 'unknown' || (outcome.kind === 'retry' && !outcome.undone);
  if (!ambiguous || !hold.begun) return outcome;
  if (promisedBy(executor, params, identity).delivery === 'idempotent')
    return retry(outcome.message, { undone: false });
  return unknown(outcome.message);
}

/** What the executor gets. `begin` fails once the lease or the time is over, and then nothing may be done. */
export function contextOf(worker: Worker, hold: Hold, ready: Ready, signal: AbortSignal): RunContext<never> {
  const { action } = hold;
  return {
    action: {
      id: showId('action', action.id),
      workspaceId: action.workspace_id,
      missionId: action.mission_id,
      sessionId: action.session_id,
      params: ready.params as never, // validated by this executor's own schema in guard.ts
      attempt: action.attempts,
      approval: action.approval,
    },
    records: ready.records,
    identity: ready.identity,
    credentials: ready.credentials,
    key: hashJson({ action: action.id, cleared: action.cleared_hash }),
    signal,
    begin: async () => {
      signal.throwIfAborted();
      const ours = await worker.db
        .query(BEGIN_EFFECT, [action.id, action.fence, worker.pace.leaseMs])
        .catch((error: unknown) => {
          hold.beginError = error;
          throw error;
        });
      if (ours.length === 0) throw new Error('lost the lease before the effect began');
      hold.begun = true;
      signal.throwIfAborted();
    },
  };
}
