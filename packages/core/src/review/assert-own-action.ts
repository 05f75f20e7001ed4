import type { Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import type { ActionRow } from '../action/row.ts';

/** An agent can change, run and cancel only its own proposals. Throws FORBIDDEN. */
export function assertOwnAction({ caller }: Context, action: Pick<ActionRow, 'agent_id'>): void {
  if (caller.agent && action.agent_id !== caller.agent.id)
    throw new AppError('FORBIDDEN', 'An agent can only touch its own actions.');
}
