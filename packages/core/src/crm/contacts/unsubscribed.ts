// An unsubscription belongs to the address for ever, whatever happens to its contact. Held by crm.test.ts.
import type { Actor } from '@proviso/contracts';
import type { Transaction } from '../../platform/db.ts';
import type { contacts } from '../../generated/client.ts';

/** When the address unsubscribed; null = it has not. */
export async function unsubscribedAt(
  { tables }: Pick<Transaction, 'tables'>,
  workspace_id: string,
  email: string,
): Promise<Date | null> {
  const where = { workspace_id_email: { workspace_id, email } };
  return (await tables.unsubscribed_addresses.findUnique({ where }))?.at ?? null;
}

/** Stores the address of an unsubscribed contact; the first record stays. */
export async function storeUnsubscribed(
  { tables }: Pick<Transaction, 'tables'>,
  { workspace_id, email, unsubscribed_at }: Pick<contacts, 'workspace_id' | 'email' | 'unsubscribed_at'>,
  actor: Actor,
): Promise<void> {
  if (!unsubscribed_at) return;
  const data = { workspace_id, email, by: { ...actor }, at: unsubscribed_at };
  await tables.unsubscribed_addresses.createMany({ data, skipDuplicates: true });
}

/** Resubscribes the contact's current address; only a person may do this. */
export async function deleteUnsubscribed(
  { tables }: Pick<Transaction, 'tables'>,
  { workspace_id, email }: Pick<contacts, 'workspace_id' | 'email'>,
): Promise<void> {
  await tables.unsubscribed_addresses.deleteMany({ where: { workspace_id, email } });
}
