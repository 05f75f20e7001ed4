import type { Agent } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import type { agents } from '../generated/client.ts';
import { parseId } from '../platform/ids.ts';
import { presentAgent } from './present.ts';

/** The agent with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getAgentInWorkspace(ctx: Context, id: string): Promise<agents> {
  const uuid = parseId('agent', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  const agent = uuid ? await ctx.db.tables.agents.findFirst({ where }) : null;
  if (!agent) throw notFound('agent');
  return agent;
}

export async function getAgent(ctx: Context, id: string): Promise<Agent> {
  authorize(ctx, 'agents:read');
  return presentAgent(await getAgentInWorkspace(ctx, id));
}
