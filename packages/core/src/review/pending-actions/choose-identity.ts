import { proposerOf } from '../proposer.ts';
import type { Context } from '../../access/context.ts';
import { invalid } from '../../platform/errors.ts';
import type { Executor } from '../../executors/executor.ts';

/**
 * Chooses the identity when none is named: the agent's if it fits, else the workspace's only active one that does. A
 * type that needs none prefers an `internal` one, and does without if there is no single candidate. Throws INVALID at
 * identity_id.
 */
export async function chooseIdentity(
  ctx: Context,
  executor: Executor,
  run_id: string | undefined,
): Promise<string | null> {
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
  if (!needed) return null;
  const why = only
    ? `is required: more than one active ${needed} identity matches: name one`
    : `is missing: add an active ${needed} identity (POST /v1/identities)`;
  throw invalid('identity_id', why);
}
