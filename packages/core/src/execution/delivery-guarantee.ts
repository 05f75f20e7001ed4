import type { JsonObject } from '@proviso/contracts';
import type { ActionRow } from '../actions/row.ts';
import type { Delivery, Executor, ShownIdentity } from './executor.ts';
import { loadRun } from './guard.ts';
import type { Worker } from './worker.ts';

/** What a run guarantees, and for how long after its effect began it may be repeated. */
export interface DeliveryGuarantee {
  delivery: Delivery;
  repeatableMs: number;
}

/** What an executor guarantees for these params and this identity. */
export function deliveryGuaranteeOf(
  executor: Executor,
  params: JsonObject,
  identity: ShownIdentity | null,
): DeliveryGuarantee {
  const delivery = typeof executor.delivery === 'function' ? executor.delivery(params, identity) : executor.delivery;
  return { delivery, repeatableMs: delivery === 'idempotent' ? (executor.keyLifetimeMs ?? 0) : 0 };
}

/** The same for an action that may have begun; where what was cleared can no longer be loaded, nothing is repeated. */
export async function loadDeliveryGuarantee(
  worker: Worker,
  executor: Executor | undefined,
  action: ActionRow,
): Promise<DeliveryGuarantee> {
  const neverRepeat: DeliveryGuarantee = { delivery: 'at_most_once', repeatableMs: 0 };
  if (!executor) return neverRepeat;
  if (typeof executor.delivery !== 'function') return deliveryGuaranteeOf(executor, {}, null);
  const prepared = await loadRun(worker, action);
  return prepared.kind === 'ready' ? deliveryGuaranteeOf(executor, prepared.params, prepared.identity) : neverRepeat;
}
