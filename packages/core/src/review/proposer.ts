import type { CreateActionBody, Status } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { findAgent, type ProposingAgent } from '../agents/find.ts';
import { findRun } from '../runs/get.ts';
import { assertOwnRun } from '../runs/assert-own-run.ts';

/** Who proposes an action. Without an agent: a program or a person. */
export interface Proposer {
  agent: ProposingAgent | null;
  runId: string | null;
}

/** An action with a run is proposed by that run's agent, whatever the token. Throws FORBIDDEN, or INVALID at run_id. */
export async function proposerOf(ctx: Context, { run_id }: Pick<CreateActionBody, 'run_id'>): Promise<Proposer> {
  const run = run_id === undefined ? undefined : await findRun(ctx, run_id);
  if (run_id !== undefined && !run) throw invalid('run_id', 'is not a run in this workspace');
  if (run) assertOwnRun(ctx, run.agent_id);
  const id = run?.agent_id ?? ctx.caller.agent?.id;
  if (!id) return { agent: null, runId: null };
  const agent = await findAgent(ctx.db, ctx.caller.workspaceId, id);
  if (!agent?.enabled) throw new AppError('FORBIDDEN', 'The agent is disabled.');
  return { agent, runId: run?.id ?? null };
}

/** The initial status: an agent's proposal is cleared automatically only if its settings say so. */
export function initialStatus(
  { type, require_approval }: Pick<CreateActionBody, 'type' | 'require_approval'>,
  { agent }: Proposer,
): Status {
  if (require_approval) return 'pending_approval';
  if (!agent) return 'scheduled';
  return agent.approval === 'never' || agent.auto_approve_types.includes(type) ? 'auto_approved' : 'pending_approval';
}
