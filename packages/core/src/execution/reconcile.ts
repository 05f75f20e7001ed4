import type { Ending } from './ending.ts';
import { assertNoTransaction } from '../db.ts';
import type { Settlement } from './executor.ts';
import { prepare } from './guard.ts';
import type { Hold } from './holds.ts';
import { limited } from './limited.ts';
import { contextOf } from './perform.ts';
import type { Worker } from './worker.ts';

/** Asks the provider what became of an effect that may have begun and must not be repeated. Never repeats it. */
export async function reconcile(worker: Worker, hold: Hold, message: string): Promise<Ending> {
  const asked = ask(worker, hold).catch((error: unknown): Settlement => {
    worker.log.error({ err: error, action: hold.action.id }, 'a reconciliation threw');
    return { kind: 'unknown' };
  });
  const settlement = await limited<Settlement | undefined>(asked, worker.pace.timeoutMs, () => undefined);
  return { kind: 'settled', settlement: settlement ?? { kind: 'unknown' }, message };
}

async function ask(worker: Worker, hold: Hold): Promise<Settlement> {
  const ready = await prepare(worker, hold.action);
  if (ready.kind !== 'ready' || !ready.executor.reconcile) return { kind: 'unknown' };
  const signal = AbortSignal.any([hold.signal, AbortSignal.timeout(worker.pace.timeoutMs)]);
  const begunAt = hold.action.effect_started_at ?? hold.action.created_at;
  assertNoTransaction(`The far side of ${ready.executor.type}`);
  return ready.executor.reconcile({ ...contextOf(worker, hold, ready, signal), begunAt });
}
