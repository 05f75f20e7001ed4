import { revokeKeyBody, type ApiKey } from '@proviso/contracts';
import { authorizeCredentials, type Context } from '../context.ts';
import type { Transaction } from '../../platform/db.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { api_keys } from '../../generated/client.ts';
import { parseId, formatId } from '../../platform/ids.ts';
import { assertOwnersCanSignIn, lockWorkspace } from '../members/owners.ts';
import { currentCaller } from './authenticate.ts';
import { visibleKeys } from './list.ts';
import { lockPerson } from './lock-person.ts';
import { presentKey } from './present.ts';
import { statement } from '../../platform/statement.ts';

const REVOKE = statement<{ id: string }, { id: string }>(
  'key_revoke',
  `update api_keys set revoked_at = clock_timestamp() where id = :id::uuid and revoked_at is null returning id`,
);

/** The keys that a key created, directly or through others. */
const MADE = `
    with recursive made as (
      select id from api_keys where made_by_key_id = :id::uuid
      union select k.id from api_keys k join made on k.made_by_key_id = made.id
    )`;
const REVOKE_MADE = statement<{ id: string }, { id: string }>(
  'key_revoke_made',
  `${MADE}
    update api_keys k set revoked_at = clock_timestamp() from made
    where k.id = made.id and k.revoked_at is null returning k.id`,
);

const REVOKE_INVITATIONS = statement<{ id: string }, { id: string }>(
  'key_revoke_invitations',
  `${MADE}
    update invitations i set revoked_at = clock_timestamp()
    where (i.made_by_key_id = :id::uuid or i.made_by_key_id in (select id from made))
      and i.accepted_at is null and i.revoked_at is null returning i.id`,
);

export interface RevokedKey {
  key: ApiKey;
  /** Ids of keys that it created, directly or through others. */
  alsoRevoked: string[];
  /** Ids of open invitations that it or those keys created. */
  revokedInvitations: string[];
}

/** Revokes a key; every process refuses its next request. */
export async function revokeKey(ctx: Context, id: string, input: unknown): Promise<RevokedKey> {
  authorizeCredentials(ctx);
  const { including_made } = revokeKeyBody.parse(input);
  const uuid = parseId('key', id);
  const seen = uuid && (await ctx.db.tables.api_keys.findFirst({ where: { id: uuid, ...visibleKeys(ctx) } }));
  if (!seen) throw notFound('API key');
  assertMayRevoke(ctx, seen);
  return ctx.db.transaction(async (tx) => {
    const workspaceIds = await lock(tx, seen);
    const now = { ...ctx, caller: await currentCaller(tx, ctx.caller) };
    if (!(await tx.tables.api_keys.findFirst({ where: { id: seen.id, ...visibleKeys(now) } })))
      throw notFound('API key');
    const revoked = await tx.query(REVOKE, { id: seen.id });
    if (revoked.length === 0) throw new AppError('INVALID_STATE', 'The key is already revoked.');
    const withMade = seen.kind !== 'personal' || including_made;
    const end = async (revocation: typeof REVOKE_MADE): Promise<{ id: string }[]> =>
      withMade ? tx.query(revocation, { id: seen.id }) : [];
    const [made, invitations] = [await end(REVOKE_MADE), await end(REVOKE_INVITATIONS)];
    await assertOwnersCanSignIn(tx, workspaceIds);
    const key = presentKey(await tx.tables.api_keys.findUniqueOrThrow({ where: { id: seen.id } }));
    return {
      key,
      alsoRevoked: made.map((one) => formatId('key', one.id)),
      revokedInvitations: invitations.map((one) => formatId('invitation', one.id)),
    };
  });
}

/** A credential with fewer scopes can revoke itself, but not a wider one of the same person. Throws FORBIDDEN. */
function assertMayRevoke({ caller }: Context, { id, kind, scopes }: api_keys): void {
  if (kind !== 'personal' || id === caller.tokenId) return;
  const above = scopes.filter((scope) => !caller.scopes.some((own) => own === scope));
  if (above.length > 0)
    throw new AppError('FORBIDDEN', `Revoke it with a credential that also has its scopes: ${above.join(', ')}.`);
}

async function lock(tx: Transaction, { person_id, workspace_id }: api_keys): Promise<string[]> {
  if (person_id) return lockPerson(tx, person_id);
  await lockWorkspace(tx, workspace_id ?? '');
  return [];
}
