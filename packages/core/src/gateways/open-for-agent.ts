import { authorize, type Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { getGatewayInWorkspace } from './get.ts';
import type { GatewayRow } from './present.ts';

/** A gateway, as one of its agents uses it. */
export interface AgentGateway extends GatewayRow {
  agentId: string;
}

/** First check of everything that comes in through a gateway: only an agent’s key. Throws FORBIDDEN. */
export function authorizeGatewayUse(ctx: Context): void {
  authorize(ctx, 'actions:read');
  authorize(ctx, 'actions:write');
  const { agent } = ctx.caller;
  if (!agent)
    throw new AppError('FORBIDDEN', 'A gateway takes only an agent’s key. Create one with the agent’s agent_id.');
  if (!agent.enabled) throw new AppError('FORBIDDEN', 'The agent is disabled.');
}

/** The gateway, for an agent that may use it. Throws NOT_FOUND, FORBIDDEN. */
export async function openGatewayForAgent(ctx: Context, id: string): Promise<AgentGateway> {
  authorizeGatewayUse(ctx);
  const gateway = await getGatewayInWorkspace(ctx, id);
  const agentId = ctx.caller.agent?.id ?? '';
  if (!gateway.agents.some(({ agent_id }) => agent_id === agentId))
    throw new AppError('FORBIDDEN', 'This agent may not use this gateway. Ask an admin to add it.');
  return { ...gateway, agentId };
}
