import type { RunResult } from './run-result.ts';
import { assertNoTransaction } from '../db.ts';
import type { Reconciliation } from './executor.ts';
import { loadRun } from './guard.ts';
import type { Lease } from './leases.ts';
import { withTimeout } from '../with-timeout.ts';
import { contextOf } from './perform.ts';
import type { Worker } from './worker.ts';

/** Asks the provider what became of an effect that may have begun and must not be repeated. Never repeats it. */
export async function reconcile(worker: Worker, lease: Lease, message: string): Promise<RunResult> {
  const asked = ask(worker, lease).catch((error: unknown): Reconciliation => {
    worker.log.error({ err: error, action: lease.action.id }, 'a reconciliation threw');
    return { kind: 'unknown' };
  });
  const found = await withTimeout<Reconciliation>(asked, worker.timings.timeoutMs, () => ({ kind: 'unknown' }));
  return { kind: 'reconciled', reconciliation: found, message };
}

async function ask(worker: Worker, lease: Lease): Promise<Reconciliation> {
  const ready = await loadRun(worker, lease.action);
  if (ready.kind !== 'ready' || !ready.executor.reconcile) return { kind: 'unknown' };
  const signal = AbortSignal.any([lease.signal, AbortSignal.timeout(worker.timings.timeoutMs)]);
  const begunAt = lease.action.effect_started_at ?? lease.action.created_at;
  assertNoTransaction(`The provider of ${ready.executor.type}`);
  return ready.executor.reconcile({ ...contextOf(worker, lease, ready, signal), begunAt });
}
