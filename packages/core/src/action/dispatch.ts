import { isCleared } from '@proviso/contracts';
import type { ActionRow } from './row.ts';
import type { Queue } from '../platform/queue.ts';

/**
 * Sends a wake-up for an action that may run: a hint, never awaited, and free to get lost. The row is the truth, and every
 * worker's sweep finds what is due and had no wake-up. What a lost worker ran goes first: it has waited already. The delay
 * is taken between two times of the database's clock.
 */
export function dispatch({ queue }: { queue: Queue }, action: ActionRow): void {
  if (!isCleared(action.status)) return;
  const waitMs = action.due_at.getTime() - action.updated_at.getTime();
  const first = action.direct || action.crashes > 0;
  queue.wake({ actionId: action.id, version: action.version, first }, waitMs > 0 ? waitMs + 1 : 0);
}
