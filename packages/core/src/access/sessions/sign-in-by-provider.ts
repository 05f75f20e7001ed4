// Who an account at the OpenID provider is. An address alone never opens an account that exists: its owner links the two
// while they are signed in. Held by apps/api/test/oidc.test.ts.
import { addressKey } from '@proviso/contracts';
import { type Database, type Transaction } from '../../platform/db.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { newId } from '../../platform/ids.ts';
import { joinInvited } from '../invitations/accept.ts';

/** What the provider's verified ID token says. */
export interface ProviderAccount {
  issuer: string;
  subject: string;
  email: string | undefined;
  emailVerified: boolean;
  name: string | undefined;
}

/** The newest count first. */
const INVITATIONS_MAX = 20;

/** Why nobody is signed in. A page has the words. */
type ProviderRefusal = 'unverified' | 'taken' | 'member' | 'uninvited';

type Found = { userId: string } | { refused: ProviderRefusal };

/**
 * Finds the person to sign in: the one whose account it is; the one who is signed in, if it has their address; or a new
 * person, if its address has an open invitation.
 */
export async function personOfProvider(
  db: Database,
  account: ProviderAccount,
  signedInId: string | null,
): Promise<Found> {
  const { issuer: provider_id, subject: account_id } = account;
  const where = { provider_id_account_id: { provider_id, account_id } };
  const known = await db.tables.sign_in_methods.findUnique({ where });
  if (known) return { userId: known.user_id };
  if (!account.email || !account.emailVerified) return { refused: 'unverified' };
  const email = addressKey(account.email);
  const link = async (tx: Transaction): Promise<Found> => {
    const own = signedInId && (await ownAddress(tx, signedInId, email));
    const found = own ? { userId: own } : await newPerson(tx, email, account);
    if ('userId' in found)
      await tx.tables.sign_in_methods.create({ data: { id: newId(), user_id: found.userId, provider_id, account_id } });
    return found;
  };
  return db.transaction(link).catch(async (error: unknown) => {
    const first = isDuplicate(error) ? await db.tables.sign_in_methods.findUnique({ where }) : null;
    if (first) return { userId: first.user_id }; // two callbacks at the same time
    throw error;
  });
}

/** The person who is signed in, if the address is theirs. */
async function ownAddress({ tables }: Transaction, id: string, email: string): Promise<string | null> {
  const own = await tables.users.findFirst({ where: { id, OR: [{ email }, { sign_in_email: email }] } });
  return own?.id ?? null;
}

async function newPerson(tx: Transaction, email: string, { name }: ProviderAccount): Promise<Found> {
  if (await tx.tables.users.findFirst({ where: { sign_in_email: email } })) return { refused: 'taken' };
  const invitations = await tx.tables.invitations.findMany({
    where: { email, accepted_at: null, revoked_at: null },
    orderBy: { created_at: 'desc' },
    take: INVITATIONS_MAX,
  });
  for (const { id, workspace_id } of invitations) {
    if (await tx.tables.members.findFirst({ where: { workspace_id, user: { email } } })) return { refused: 'member' };
    const userId = await joinInvited(tx, id, name ?? email);
    if (!userId) continue; // expired, or its sender may no longer invite
    await tx.tables.users.update({ where: { id: userId }, data: { sign_in_email: email, email_verified: true } });
    return { userId };
  }
  return { refused: 'uninvited' };
}
