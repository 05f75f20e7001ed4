import { hashJson } from '../platform/canonical.ts';
import { assertNoTransaction } from '../platform/db.ts';
import { isDatabaseError } from '../platform/database-errors.ts';
import { BEGIN_EFFECT } from '../action/sql/leases.ts';
import { formatId } from '../platform/ids.ts';
import { deliveryGuaranteeOf } from '../executors/delivery-guarantee.ts';
import type { RunResult } from '../executors/run-result.ts';
import { retry, unknown, type RunContext } from '../executors/executor.ts';
import type { Lease } from './leases.ts';
import type { Ready } from './load.ts';
import type { Run } from './run.ts';
import { traceEffect } from './trace-run.ts';

/** How long an executor may take to return after its timeout. After that, the known state of the run decides. */
const ABORT_GRACE_MS = 2_000;

/** Runs the executor within its timeout. A throw is a bug, and its outcome is unknown if the effect may have begun. */
export async function perform(run: Run, ready: Ready): Promise<RunResult> {
  const { worker, lease } = run;
  assertNoTransaction(`The provider of ${ready.executor.type}`);
  const timeoutMs = ready.executor.timeoutMs ?? worker.timings.timeoutMs;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(new Error('timed out')), timeoutMs);
  const signal = AbortSignal.any([lease.signal, timer.signal]);
  try {
    const outcome = await Promise.race([
      traceEffect(lease.action, () => ready.executor.execute(contextOf(run, ready, signal))),
      afterAbort(signal).then(() => onTimeout(lease, timeoutMs)),
    ]);
    return downgradeAmbiguous(lease, ready, assertOutcome(outcome));
  } catch (error) {
    if (!lease.begun && (('beginError' in lease && error === lease.beginError) || isDatabaseError(error))) throw error;
    // it stopped on the signal
    if (timer.signal.aborted) return downgradeAmbiguous(lease, ready, onTimeout(lease, timeoutMs));
    worker.log.error({ err: error, action: lease.action.id, begun: lease.begun }, 'an executor threw');
    const message = 'The executor failed unexpectedly; see the worker’s log.'; // its own words may hold anything
    return lease.begun ? downgradeAmbiguous(lease, ready, unknown(message)) : retry(message, { undone: true });
  } finally {
    clearTimeout(timeout);
    timer.abort(new Error('the run has ended')); // a straggler may not begin any more
  }
}

const afterAbort = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => setTimeout(resolve, ABORT_GRACE_MS).unref();
    if (signal.aborted) settle();
    else signal.addEventListener('abort', settle, { once: true });
  });

const onTimeout = (lease: Lease, timeoutMs: number): RunResult => {
  const message = `No outcome within ${timeoutMs / 1000} s.`;
  return lease.begun ? unknown(message) : { kind: 'timeout', message };
};

const EXECUTOR_RESULTS: readonly unknown[] = [
  'done',
  'refused',
  'retry',
  'unknown',
  'timeout',
] satisfies RunResult['kind'][];

/** Any other return value is a bug of the executor, like a throw. */
function assertOutcome(returned: unknown): RunResult {
  if (EXECUTOR_RESULTS.includes((returned as { kind?: unknown } | undefined)?.kind)) return returned as RunResult;
  throw new TypeError('an executor returned something that is not an outcome');
}

/** An effect that may have happened is repeated only if the provider recognises a repetition. */
function downgradeAmbiguous(lease: Lease, { executor, params, identity }: Ready, outcome: RunResult): RunResult {
  const ambiguous = outcome.kind === 'unknown' || (outcome.kind === 'retry' && !outcome.undone);
  if (!ambiguous || !lease.begun) return outcome;
  if (deliveryGuaranteeOf(executor, params, identity).delivery === 'idempotent')
    return retry(outcome.message, { undone: false });
  return unknown(outcome.message);
}

/** The executor's context. `begin` fails when the lease or the time has run out; then nothing may be done. */
export function contextOf({ worker, lease, action }: Run, ready: Ready, signal: AbortSignal): RunContext<never> {
  return {
    action: {
      id: formatId('action', action.id),
      workspaceId: action.workspace_id,
      missionId: action.mission_id,
      sessionId: action.session_id,
      params: ready.params as never, // load.ts validated them by this executor's schema
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
        .query(BEGIN_EFFECT, { id: action.id, fence: action.fence, leaseMs: worker.timings.leaseMs })
        .catch((error: unknown) => {
          lease.beginError = error;
          throw error;
        });
      if (ours.length === 0) throw new Error('lost the lease before the effect began');
      lease.begun = true;
      signal.throwIfAborted();
    },
  };
}
