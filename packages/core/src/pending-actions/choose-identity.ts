import { proposerOf } from '../actions/proposer.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import type { Executor } from '../execution/executor.ts';

/**
 * The identity to act as where none is named: the agent's if it fits, else the workspace's only active one that does. For
 * a type that needs none, an `internal` one goes before the others. Throws INVALID at identity_id.
 */
export async function chooseIdentity(ctx: Context, executor: Executor, run_id: string | undefined): Promise<string> {
  const { agent } = await proposerOf(ctx, { run_id });
  const needed = executor.identity === 'none' ? undefined : executor.identity;
  const active = await ctx.db.tables.identities.findMany({
    where: { workspace_id: ctx.caller.workspaceId, status: 'active', ...(needed && { provider: needed }) },
    select: { id: true, provider: true },
  });
  if (agent?.identity_id && active.some(({ id }) => id === agent.identity_id)) return agent.identity_id;
  const internal = active.filter(({ provider }) => provider === 'internal');
  const [only, ...others] = internal.length > 0 ? internal : active;
  if (only && others.length === 0) return only.id;
  const kind = needed ? `${needed} identity` : 'identity';
  throw invalid('identity_id', only ? `is required: more than one active ${kind} fits` : `no active ${kind} is there`);
}
