import type { Context } from '../context.ts';
import { AppError } from '../errors.ts';
import type { ActionRow } from './row.ts';

/** An agent changes, runs and cancels its own proposals only. Throws FORBIDDEN. */
export function demandOwn({ caller }: Context, action: Pick<ActionRow, 'agent_id'>): void {
  if (caller.agent && action.agent_id !== caller.agent.id)
    throw new AppError('FORBIDDEN', 'An agent can only touch its own actions.');
}
