import { lowerRole, updateMemberBody, type Member, type Role } from '@proviso/contracts';
import { authorizePeople, type Context } from '../context.ts';
import { getMemberInWorkspace } from './get.ts';
import { assertMayGrant, assertOwnersCanSignIn, assertOwner, lockMembers } from './owners.ts';
import { presentMember, WITH_USER } from './present.ts';

/** Changes a member's role: for writes at once, for reads within a second. E-mail and name belong to the person, in every workspace. */
export async function updateMember(ctx: Context, id: string, input: unknown): Promise<Member> {
  authorizePeople(ctx);
  const { role } = updateMemberBody.parse(input);
  return ctx.db.transaction(async (tx) => {
    const now = await lockMembers(tx, ctx);
    authorizePeople(now);
    const seen = await getMemberInWorkspace(now, tx, id);
    const { workspace_id, user_id } = seen;
    assertOwner(now, seen.role, role);
    if (lowerRole(seen.role as Role, role) !== role) assertMayGrant(now, role); // the new role is higher
    const where = { workspace_id_user_id: { workspace_id, user_id } };
    const member = await tx.tables.members.update({ where, data: { role }, include: WITH_USER });
    if (seen.role === 'owner' && role !== 'owner') await assertOwnersCanSignIn(tx, [workspace_id]);
    return presentMember(member);
  });
}
