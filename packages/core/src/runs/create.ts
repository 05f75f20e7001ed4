import { createRunBody, type Run } from '@proviso/contracts';
import { getAgentInWorkspace } from '../agents/get.ts';
import { lockAgent } from '../agents/lock.ts';
import { presentRun } from '../agents/present.ts';
import { authorize, type Context } from '../access/context.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { assertEnabled, assertOwnRun } from './assert-own-run.ts';

/** Starts a run of an agent, for the agent itself or for the program that drives it. */
export async function createRun(ctx: Context, agentId: string, input: unknown): Promise<Run> {
  authorize(ctx, 'agents:trigger');
  const { metadata = {} } = createRunBody.parse(input);
  const agent = await getAgentInWorkspace(ctx, agentId);
  assertOwnRun(ctx, agent.id);
  const data = { id: newId(), workspace_id: agent.workspace_id, agent_id: agent.id, metadata };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    assertEnabled(await lockAgent(tx, ctx, agent.id));
    return presentRun(await tx.tables.agent_runs.create({ data }));
  });
}
