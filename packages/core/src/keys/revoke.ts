import { revokeKeyBody, type AccessKey } from '@proviso/contracts';
import { authorizeCredentials, type Context } from '../context.ts';
import type { Transaction } from '../db.ts';
import { AppError, notFound } from '../errors.ts';
import type { api_keys } from '../generated/client.ts';
import { readId, showId } from '../ids.ts';
import { assertOwnersCanSignIn, lockMembers } from '../members/owners.ts';
import { keysOf } from './list.ts';
import { lockPerson } from './lock-person.ts';
import { showKey } from './show.ts';

const REVOKE = {
  name: 'key_revoke',
  text: `update api_keys set revoked_at = clock_timestamp() where id = $1::uuid and revoked_at is null returning id`,
};

/** $1 a key: what was made with it, and with that, and so on. */
const REVOKE_MADE = {
  name: 'key_revoke_made',
  text: `
    with recursive made as (
      select id from api_keys where made_by_key_id = $1::uuid
      union select k.id from api_keys k join made on k.made_by_key_id = made.id
    )
    update api_keys k set revoked_at = clock_timestamp() from made
    where k.id = made.id and k.revoked_at is null returning k.id`,
};

export interface RevokedKey {
  key: AccessKey;
  /** Ids of keys that were made with it. */
  alsoRevoked: string[];
}

/** Ends a key for good: the next request with it is refused, in every process. */
export async function revokeKey(ctx: Context, id: string, input: unknown): Promise<RevokedKey> {
  authorizeCredentials(ctx);
  const { including_made } = revokeKeyBody.parse(input);
  const uuid = readId('key', id);
  const seen = uuid && (await ctx.db.tables.api_keys.findFirst({ where: { id: uuid, ...keysOf(ctx) } }));
  if (!seen) throw notFound('API key');
  assertMayRevoke(ctx, seen);
  return ctx.db.transaction(async (tx) => {
    const workspaceIds = await lock(tx, seen);
    const revoked = await tx.query(REVOKE, [seen.id]);
    if (revoked.length === 0) throw new AppError('INVALID_STATE', 'The key is revoked already.');
    const withMade = seen.kind !== 'personal' || including_made;
    const made = withMade ? await tx.query<{ id: string }>(REVOKE_MADE, [seen.id]) : [];
    await assertOwnersCanSignIn(tx, workspaceIds);
    const key = showKey(await tx.tables.api_keys.findUniqueOrThrow({ where: { id: seen.id } }));
    return { key, alsoRevoked: made.map((one) => showId('key', one.id)) };
  });
}

/** A narrow credential ends itself, and no wider one of the same person. Throws FORBIDDEN. */
function assertMayRevoke({ caller }: Context, { id, kind, scopes }: api_keys): void {
  if (kind !== 'personal' || id === caller.tokenId) return;
  const above = scopes.filter((scope) => !caller.scopes.some((own) => own === scope));
  if (above.length > 0)
    throw new AppError('FORBIDDEN', `Revoke it with a credential that has its scopes too: ${above.join(', ')}.`);
}

async function lock(tx: Transaction, { person_id, workspace_id }: api_keys): Promise<string[]> {
  if (person_id) return lockPerson(tx, person_id);
  await lockMembers(tx, workspace_id ?? '');
  return [];
}
