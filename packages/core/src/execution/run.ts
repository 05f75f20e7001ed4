import type { ActionRow } from '../action/row.ts';
import { deliveryGuaranteeOf, NEVER_REPEAT, type DeliveryGuarantee } from '../executors/delivery-guarantee.ts';
import { findExecutor } from '../tools/find-executor.ts';
import type { Lease } from './leases.ts';
import { load, type Ready } from './load.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Worker } from './worker.ts';

/** One run of an action, under its lease; the input of every step. */
export interface Run {
  worker: Worker;
  lease: Lease;
  action: ActionRow;
  /** Loads what the run needs, once however many steps ask. Returns a result if it is not what was cleared. */
  load(): Promise<Ready | RunResult>;
}

export function openRun(worker: Worker, lease: Lease): Run {
  const { action } = lease;
  let loading: Promise<Ready | RunResult> | undefined;
  const loadAgain = (error: unknown): never => {
    loading = undefined; // the database was unavailable
    throw error;
  };
  return { worker, lease, action, load: () => (loading ??= load(worker, action).catch(loadAgain)) };
}

/** The executor's guarantee for an action that may have begun. What can no longer be loaded is never repeated. */
export async function guaranteeOf(run: Run): Promise<DeliveryGuarantee> {
  const { worker, action } = run;
  const executor = await findExecutor(worker, action.workspace_id, action.type);
  if (!executor) return NEVER_REPEAT;
  // Known without loading, because the loading itself may crash every worker that tries.
  if (typeof executor.delivery !== 'function') return deliveryGuaranteeOf(executor, {}, null);
  const ready = await run.load();
  return ready.kind === 'ready' ? deliveryGuaranteeOf(executor, ready.params, ready.identity) : NEVER_REPEAT;
}
