import { noBody, type Member } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { getMemberInWorkspace } from './get.ts';
import { demandAnotherOwner, demandOwner, lockMembers } from './owners.ts';
import { showMember } from './show.ts';

const REVOKE = {
  name: 'member_keys_revoke',
  text: `
    update api_keys set revoked_at = clock_timestamp()
    where workspace_id = $1::uuid and user_id = $2::uuid and revoked_at is null returning id`,
};

/** Removes a person from the workspace; their keys in it are revoked, and stay so if they come back. */
export async function removeMember(ctx: Context, id: string, input: unknown): Promise<Member> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  return ctx.db.transaction(async (tx) => {
    await lockMembers(tx, ctx.caller.workspaceId);
    const seen = await getMemberInWorkspace(ctx, tx, id);
    const { workspace_id, user_id } = seen;
    demandOwner(ctx, seen.role);
    if (seen.role === 'owner') await demandAnotherOwner(tx, workspace_id, user_id);
    await tx.query(REVOKE, [workspace_id, user_id]);
    await tx.tables.members.delete({ where: { workspace_id_user_id: { workspace_id, user_id } } });
    return showMember(seen);
  });
}
