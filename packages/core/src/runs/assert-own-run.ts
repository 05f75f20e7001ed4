import type { Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';

/** An agent can only use its own runs. Throws FORBIDDEN. */
export function assertOwnRun({ caller }: Context, agentId: string): void {
  if (caller.agent && caller.agent.id !== agentId)
    throw new AppError('FORBIDDEN', 'An agent can only use its own runs.');
}

export function assertEnabled({ enabled }: { enabled: boolean }): void {
  if (!enabled) throw new AppError('FORBIDDEN', 'The agent is disabled.');
}
