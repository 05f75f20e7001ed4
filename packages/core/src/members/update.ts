import { updateMemberBody, type Member } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { getMemberInWorkspace } from './get.ts';
import { demandAnotherOwner, demandOwner, lockMembers } from './owners.ts';
import { showMember, WITH_USER } from './show.ts';

/** Changes a member's role, from the next request on. E-mail and name are the person's own, in every workspace. */
export async function updateMember(ctx: Context, id: string, input: unknown): Promise<Member> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { role } = updateMemberBody.parse(input);
  return ctx.db.transaction(async (tx) => {
    await lockMembers(tx, ctx.caller.workspaceId);
    const seen = await getMemberInWorkspace(ctx, tx, id);
    const { workspace_id, user_id } = seen;
    demandOwner(ctx, seen.role, role);
    if (seen.role === 'owner' && role !== 'owner') await demandAnotherOwner(tx, workspace_id, user_id);
    const where = { workspace_id_user_id: { workspace_id, user_id } };
    return showMember(await tx.tables.members.update({ where, data: { role }, include: WITH_USER }));
  });
}
