import type { JsonObject } from '@proviso/contracts';
import type { ActionRow } from '../actions/row.ts';
import type { Delivery, Executor, ShownIdentity } from './executor.ts';
import { prepare } from './guard.ts';
import type { Worker } from './worker.ts';

/** What a run promises, and for how long after its beginning it may be repeated. */
export interface Promised {
  delivery: Delivery;
  repeatableMs: number;
}

/** What an executor promises for these params and this identity. */
export function promisedBy(executor: Executor, params: JsonObject, identity: ShownIdentity | null): Promised {
  const delivery = typeof executor.delivery === 'function' ? executor.delivery(params, identity) : executor.delivery;
  return { delivery, repeatableMs: delivery === 'idempotent' ? (executor.keyLifetimeMs ?? 0) : 0 };
}

/** The same for an action that may have begun; where what was cleared cannot be told any more, nothing is repeated. */
export async function promisedFor(
  worker: Worker,
  executor: Executor | undefined,
  action: ActionRow,
): Promise<Promised> {
  const careful: Promised = { delivery: 'at_most_once', repeatableMs: 0 };
  if (!executor) return careful;
  if (typeof executor.delivery !== 'function') return promisedBy(executor, {}, null);
  const prepared = await prepare(worker, action);
  return prepared.kind === 'ready' ? promisedBy(executor, prepared.params, prepared.identity) : careful;
}
