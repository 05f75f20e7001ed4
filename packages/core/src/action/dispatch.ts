import { isCleared } from '@proviso/contracts';
import type { ActionRow } from './row.ts';
import type { Queue } from '../platform/queue.ts';

/**
 * Sends a wake-up for an action that may run. It is a hint: never awaited, and it may be lost. The row is the truth,
 * and every worker's sweep finds due actions without a wake-up. An action whose worker was lost goes first, because it
 * has already waited. The delay is the difference of two times by the database's clock.
 */
export function dispatch({ queue }: { queue: Queue }, action: ActionRow): void {
  if (!isCleared(action.status)) return;
  const waitMs = action.due_at.getTime() - action.updated_at.getTime();
  const first = action.direct || action.crashes > 0;
  queue.wake({ actionId: action.id, version: action.version, first }, waitMs > 0 ? waitMs + 1 : 0);
}
