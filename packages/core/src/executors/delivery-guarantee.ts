import type { JsonObject } from '@proviso/contracts';
import type { Delivery, Executor, IdentityView } from './executor.ts';

/** What a run guarantees, and how long after the start of its effect it may be repeated. */
export interface DeliveryGuarantee {
  delivery: Delivery;
  repeatableMs: number;
}

export const NEVER_REPEAT: DeliveryGuarantee = { delivery: 'at_most_once', repeatableMs: 0 };

/** An executor's guarantee for these params and this identity. */
export function deliveryGuaranteeOf(
  executor: Executor,
  params: JsonObject,
  identity: IdentityView | null,
): DeliveryGuarantee {
  const delivery = typeof executor.delivery === 'function' ? executor.delivery(params, identity) : executor.delivery;
  return { delivery, repeatableMs: delivery === 'idempotent' ? (executor.keyLifetimeMs ?? 0) : 0 };
}
