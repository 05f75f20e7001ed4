import type { Identity } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import type { identities } from '../generated/client.ts';
import { parseId } from '../platform/ids.ts';
import { presentIdentity } from './present.ts';

/** The identity with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getIdentityInWorkspace(ctx: Context, id: string): Promise<identities> {
  const uuid = parseId('identity', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId, deleted_at: null };
  const identity = uuid ? await ctx.db.tables.identities.findFirst({ where }) : null;
  if (!identity) throw notFound('identity');
  return identity;
}

export async function getIdentity(ctx: Context, id: string): Promise<Identity> {
  authorize(ctx, 'identities:read');
  return presentIdentity(await getIdentityInWorkspace(ctx, id));
}
