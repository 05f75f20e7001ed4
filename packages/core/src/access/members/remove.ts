import { removeMemberBody, type Member, type Scope } from '@proviso/contracts';
import { authorizePeople, authorizePerson, type Context } from '../context.ts';
import type { Transaction } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import type { members } from '../../generated/client.ts';
import { formatId } from '../../platform/ids.ts';
import { getMemberInWorkspace } from './get.ts';
import { assertOwnersCanSignIn, assertOwner, lockMembers } from './owners.ts';
import { presentMember } from './present.ts';
import { statement } from '../../platform/statement.ts';

const REVOKE_KEYS = statement<{ workspace: string; user: string }, { id: string }>(
  'member_keys_revoke',
  `
    update api_keys set revoked_at = clock_timestamp()
    where workspace_id = :workspace::uuid and made_by_person_id = :user::uuid and revoked_at is null returning id`,
);

const REVOKE_INVITATIONS = statement<{ workspace: string; user: string }>(
  'member_invitations_revoke',
  `
    update invitations set revoked_at = clock_timestamp()
    where workspace_id = :workspace::uuid and made_by_person_id = :user::uuid and accepted_at is null and revoked_at is null`,
);

export interface RemovedMember {
  member: Member;
  /** Ids of the keys that were revoked. */
  revokedKeys: string[];
  /** Ids of the keys that now belong to the remover. */
  keptKeys: string[];
}

/**
 * Removes a person from the workspace; also the caller themselves. Their credentials no longer reach it. Their open
 * invitations are revoked, and so are the keys that they created in it, unless the remover keeps those keys and answers
 * for them.
 */
export async function removeMember(ctx: Context, id: string, input: unknown): Promise<RemovedMember> {
  const person = authorizePerson(ctx);
  const { keep_keys } = removeMemberBody.parse(input);
  return ctx.db.transaction(async (tx) => {
    const now = await lockMembers(tx, ctx);
    const seen = await getMemberInWorkspace(now, tx, id);
    const { workspace_id, user_id } = seen;
    const leaves = user_id === person.id;
    if (!leaves) {
      authorizePeople(now);
      assertOwner(now, seen.role);
    } else if (keep_keys)
      throw new AppError('INVALID', 'keep_keys: you cannot keep the keys of a workspace you leave.');
    const keptKeys = keep_keys ? await transferKeys(tx, now, seen) : [];
    const revoked = await tx.query(REVOKE_KEYS, { workspace: workspace_id, user: user_id });
    await tx.query(REVOKE_INVITATIONS, { workspace: workspace_id, user: user_id });
    await tx.tables.members.delete({ where: { workspace_id_user_id: { workspace_id, user_id } } });
    if (seen.role === 'owner') await assertOwnersCanSignIn(tx, [workspace_id]);
    return { member: presentMember(seen), revokedKeys: revoked.map((key) => formatId('key', key.id)), keptKeys };
  });
}

/** The keys answer to another member from now on. Whoever leaves keeps none of them through a key of their own. */
const KEEP_KEYS = statement<
  { workspace: string; leaving: string; answersFor: string },
  { id: string; scopes: Scope[] }
>(
  'member_keys_keep',
  `
    update api_keys k set made_by_person_id = :answersFor::uuid, made_by_key_id = (
      select maker.id from api_keys maker where maker.id = k.made_by_key_id and maker.person_id is distinct from :leaving::uuid)
    where k.workspace_id = :workspace::uuid and k.made_by_person_id = :leaving::uuid and k.revoked_at is null returning k.id, k.scopes`,
);

/** Makes the remover answer for the keys. Throws FORBIDDEN for a key with a scope that the remover lacks. */
async function transferKeys(
  tx: Transaction,
  { caller }: Context,
  { workspace_id, user_id }: members,
): Promise<string[]> {
  const keys = await tx.query(KEEP_KEYS, {
    workspace: workspace_id,
    leaving: user_id,
    answersFor: caller.answersForId,
  });
  const above = keys.flatMap(({ scopes }) => scopes).filter((scope) => !caller.scopes.includes(scope));
  if (above.length > 0)
    throw new AppError(
      'FORBIDDEN',
      `You cannot keep keys with scopes that your token lacks: ${[...new Set(above)].join(', ')}.`,
    );
  return keys.map((key) => formatId('key', key.id));
}
