import { assertNoTransaction } from '../platform/db.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import type { Reconciliation } from '../executors/executor.ts';
import { contextOf } from './perform.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Run } from './run.ts';

/** Asks the provider about an effect that may have started and must not be repeated. Never repeats it. */
export async function reconcile(run: Run, message: string): Promise<RunResult> {
  const { log, timings } = run.worker;
  const reconciliation = ask(run).catch((error: unknown): Reconciliation => {
    log.error({ err: error, action: run.action.id }, 'a reconciliation threw');
    return { kind: 'unknown' };
  });
  const found = await withTimeout<Reconciliation>(reconciliation, timings.timeoutMs, () => ({ kind: 'unknown' }));
  return { kind: 'reconciled', reconciliation: found, message };
}

async function ask(run: Run): Promise<Reconciliation> {
  const { worker, lease, action } = run;
  const ready = await run.load();
  if (ready.kind !== 'ready' || !ready.executor.reconcile) return { kind: 'unknown' };
  const signal = AbortSignal.any([lease.signal, AbortSignal.timeout(worker.timings.timeoutMs)]);
  const begunAt = action.effect_started_at ?? action.created_at;
  assertNoTransaction(`The provider of ${ready.executor.type}`);
  return ready.executor.reconcile({ ...contextOf(run, ready, signal), begunAt });
}
