import type { UpdateAgentBody } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { executorOf } from '../tools/find-executor.ts';
import { parseId } from '../platform/ids.ts';

type Settings = Pick<UpdateAgentBody, 'approval' | 'auto_approve_types' | 'enabled'>;

/** Only admins decide what an agent may do without approval. Throws FORBIDDEN, and INVALID for unknown types. */
export async function assertSettings(ctx: Context, { approval, auto_approve_types, enabled }: Settings): Promise<void> {
  if (approval === undefined && auto_approve_types === undefined && enabled === undefined) return;
  authorizeConfiguration(ctx, 'workspace:admin');
  // A rule that clears proposals automatically is a decision made in advance.
  if ((approval === 'never' || auto_approve_types?.length) && !ctx.caller.decides)
    throw new AppError('FORBIDDEN', 'This key cannot decide, so it cannot set what an agent may do without approval.');
  for (const type of auto_approve_types ?? []) await executorOf(ctx, type, 'auto_approve_types');
}

/** The identity's UUID; null and undefined pass through. Throws INVALID. */
export async function identityOf<Id extends string | null | undefined>(ctx: Context, id: Id): Promise<string | Id> {
  if (typeof id !== 'string') return id;
  const where = { id: parseId('identity', id) ?? '', workspace_id: ctx.caller.workspaceId, deleted_at: null };
  const identity = where.id && (await ctx.db.tables.identities.findFirst({ where }));
  if (!identity) throw invalid('identity_id', 'is not an identity in this workspace');
  return identity.id;
}
