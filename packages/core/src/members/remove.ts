import { removeMemberBody, type Member, type Scope } from '@proviso/contracts';
import { authorizePeople, authorizePerson, type Context } from '../context.ts';
import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import type { members } from '../generated/client.ts';
import { showId } from '../ids.ts';
import { getMemberInWorkspace } from './get.ts';
import { assertOwnersCanSignIn, demandOwner, lockMembers } from './owners.ts';
import { showMember } from './show.ts';

const REVOKE_KEYS = {
  name: 'member_keys_revoke',
  text: `
    update api_keys set revoked_at = clock_timestamp()
    where workspace_id = $1::uuid and made_by_person_id = $2::uuid and revoked_at is null returning id`,
};

const REVOKE_INVITATIONS = {
  name: 'member_invitations_revoke',
  text: `
    update invitations set revoked_at = clock_timestamp()
    where workspace_id = $1::uuid and made_by_person_id = $2::uuid and accepted_at is null and revoked_at is null`,
};

export interface RemovedMember {
  member: Member;
  /** Ids of the keys that ended with the membership. */
  revokedKeys: string[];
  /** Ids of the keys that the remover answers for from now on. */
  keptKeys: string[];
}

/**
 * Removes a person from the workspace, or the caller from it. Their credentials reach it no more; the keys that they made in
 * it and their open invitations are revoked, unless the remover keeps the keys and answers for them.
 */
export async function removeMember(ctx: Context, id: string, input: unknown): Promise<RemovedMember> {
  const person = authorizePerson(ctx);
  const { keep_keys } = removeMemberBody.parse(input);
  return ctx.db.transaction(async (tx) => {
    await lockMembers(tx, ctx.caller.workspaceId);
    const seen = await getMemberInWorkspace(ctx, tx, id);
    const { workspace_id, user_id } = seen;
    const leaves = user_id === person.id;
    if (!leaves) {
      authorizePeople(ctx);
      demandOwner(ctx, seen.role);
    } else if (keep_keys)
      throw new AppError('INVALID', 'keep_keys: you cannot keep the keys of a workspace you leave.');
    const keptKeys = keep_keys ? await keepKeys(tx, ctx, seen) : [];
    const revoked = await tx.query<{ id: string }>(REVOKE_KEYS, [workspace_id, user_id]);
    await tx.query(REVOKE_INVITATIONS, [workspace_id, user_id]);
    await tx.tables.members.delete({ where: { workspace_id_user_id: { workspace_id, user_id } } });
    if (seen.role === 'owner') await assertOwnersCanSignIn(tx, [workspace_id]);
    return { member: showMember(seen), revokedKeys: revoked.map((key) => showId('key', key.id)), keptKeys };
  });
}

/** Makes the remover the one who answers for the keys. Throws FORBIDDEN for a key with a scope that the remover lacks. */
async function keepKeys({ tables }: Transaction, { caller }: Context, { workspace_id, user_id }: members) {
  const where = { workspace_id, made_by_person_id: user_id, revoked_at: null };
  const keys = await tables.api_keys.findMany({ where, select: { id: true, scopes: true } });
  const above = keys.flatMap(({ scopes }) => scopes).filter((scope) => !caller.scopes.includes(scope as Scope));
  if (above.length > 0)
    throw new AppError('FORBIDDEN', `You cannot keep keys with scopes that your token lacks: ${above.join(', ')}.`);
  await tables.api_keys.updateMany({ where, data: { made_by_person_id: caller.answersForId } });
  return keys.map((key) => showId('key', key.id));
}
