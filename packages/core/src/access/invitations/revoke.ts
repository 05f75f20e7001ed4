import { noBody, type Invitation } from '@proviso/contracts';
import { authorizePeople, type Context } from '../context.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { lockMembers } from '../members/owners.ts';
import { databaseNow, presentInvitation } from './present.ts';
import { statement } from '../../platform/statement.ts';

const REVOKE = statement<{ id: string; workspace: string }, { id: string }>(
  'invitation_revoke',
  `
    update invitations set revoked_at = clock_timestamp()
    where id = :id::uuid and workspace_id = :workspace::uuid and accepted_at is null and revoked_at is null returning id`,
);

/** Revokes an invitation that has not been accepted. */
export async function revokeInvitation(ctx: Context, id: string, input: unknown): Promise<Invitation> {
  authorizePeople(ctx);
  noBody.parse(input);
  const workspace_id = ctx.caller.workspaceId;
  const uuid = parseId('invitation', id);
  const seen = uuid && (await ctx.db.tables.invitations.findFirst({ where: { id: uuid, workspace_id } }));
  if (!seen) throw notFound('invitation');
  return ctx.db.transaction(async (tx) => {
    authorizePeople(await lockMembers(tx, ctx)); // after this lock, it either was accepted already or no longer can be
    const revoked = await tx.query(REVOKE, { id: seen.id, workspace: workspace_id });
    const row = await tx.tables.invitations.findUniqueOrThrow({ where: { id: seen.id } });
    if (revoked.length === 0)
      throw new AppError('INVALID_STATE', `The invitation is already ${row.accepted_at ? 'accepted' : 'revoked'}.`);
    return presentInvitation(row, await databaseNow(tx));
  });
}
