import type { Me } from '@proviso/contracts';
import { authorizePerson, mayDecide, type Context } from '../context.ts';
import { formatId } from '../../platform/ids.ts';
import { WITH_WORKSPACE, presentWorkspace } from '../workspaces/present.ts';

/** Who the caller is, where, and what they may do there. */
export async function getMe(ctx: Context): Promise<Me> {
  const { id, name, email } = authorizePerson(ctx);
  const { workspaceId: workspace_id, role, scopes, kind, tokenId } = ctx.caller;
  const where = { workspace_id_user_id: { workspace_id, user_id: id } };
  const include = { ...WITH_WORKSPACE, user: true } as const;
  const membership = await ctx.db.tables.members.findUniqueOrThrow({ where, include });
  return {
    user_id: formatId('user', id),
    name,
    email,
    sign_in_email: membership.user.sign_in_email,
    workspace: presentWorkspace(membership),
    role,
    scopes: [...scopes],
    decides: mayDecide(ctx),
    session_id: kind === 'session' ? formatId('session', tokenId) : null,
  };
}
