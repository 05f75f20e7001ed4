import { CLEARED, noBody, type Agent } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import type { Transaction } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import { getAgentInWorkspace } from './get.ts';
import { lockAgent } from './lock.ts';
import { presentAgent } from './present.ts';

const OPEN = ['pending_approval', ...CLEARED, 'running'];

/** Deletes an agent that has no open actions and no keys, with its runs. Its actions stay. */
export async function deleteAgent(ctx: Context, id: string, input: unknown): Promise<Agent> {
  authorizeConfiguration(ctx, 'agents:write');
  noBody.parse(input);
  const seen = await getAgentInWorkspace(ctx, id);
  return ctx.db.transaction(async (tx) => {
    const agent = await lockAgent(tx, ctx, seen.id);
    await assertUnused(tx, agent.id);
    const runs = await tx.tables.agent_runs.findMany({ where: { agent_id: agent.id }, select: { id: true } });
    await tx.tables.action_counters.deleteMany({ where: { run_id: { in: runs.map((run) => run.id) } } });
    await tx.tables.pauses.deleteMany({ where: { agent_id: agent.id } });
    await tx.tables.agents.delete({ where: { id: agent.id } });
    return presentAgent(agent);
  });
}

/** A proposal that arrives concurrently stays and never starts, because its agent is gone (may_start). */
async function assertUnused({ tables }: Transaction, agent_id: string): Promise<void> {
  const open = await tables.actions.count({ where: { agent_id, status: { in: OPEN } } });
  if (open > 0)
    throw new AppError('INVALID_STATE', `The agent has ${open} open actions. Cancel them or wait for them to end.`);
  const keys = await tables.api_keys.count({ where: { agent_id, revoked_at: null } });
  if (keys > 0) throw new AppError('INVALID_STATE', `The agent has ${keys} API keys. Revoke them first.`);
}
