import { addressKey } from '@proviso/contracts';
import { AppError, type ContactRecord, type ReadableRecords } from '@proviso/core/executor';
import type { Recipient } from './params.ts';

/** The recipients who unsubscribed, however their address is spelt. */
export async function unsubscribedAmong(
  recipients: Recipient[],
  contact: ContactRecord | null,
  records: ReadableRecords,
): Promise<Recipient[]> {
  const addresses = new Set(recipients.map(({ address }) => addressKey(address)));
  const suppressed = new Set(await records.unsubscribed([...addresses]));
  if (contact?.unsubscribedAt) suppressed.add(addressKey(contact.email));
  return recipients.filter(({ address }) => suppressed.has(addressKey(address)));
}

/** For `resolve`. Throws INVALID at each of them. */
export async function refuseUnsubscribed(
  recipients: Recipient[],
  contact: ContactRecord | null,
  records: ReadableRecords,
): Promise<void> {
  const hits = await unsubscribedAmong(recipients, contact, records);
  if (hits.length === 0) return;
  const details = hits.map(({ path }) => ({ path, message: 'has unsubscribed from e-mail' }));
  throw new AppError('INVALID', `${hits.map(({ path }) => path).join(', ')}: has unsubscribed from e-mail.`, details);
}
