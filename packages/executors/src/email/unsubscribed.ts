import { AppError, type ContactRecord, type ReadableRecords } from '@proviso/core/executor';
import { sameAddress, wireAddress } from './addresses.ts';
import type { Recipient } from './params.ts';

/** The recipients who asked for no e-mail, under the address as given or as it goes over the wire. */
export async function unsubscribedAmong(
  recipients: Recipient[],
  contact: ContactRecord | null,
  records: ReadableRecords,
): Promise<Recipient[]> {
  const everyone = recipients.map((recipient) => ({
    ...recipient,
    wire: (wireAddress(recipient.address) ?? recipient.address).toLowerCase(),
  }));
  const asked = everyone.flatMap(({ address, wire }) => [address.toLowerCase(), wire]);
  const suppressed = new Set(await records.unsubscribed([...new Set(asked)]));
  return everyone
    .filter(({ address, wire }) => {
      if (contact?.unsubscribedAt && sameAddress(address, contact.email)) return true;
      return suppressed.has(address.toLowerCase()) || suppressed.has(wire);
    })
    .map(({ path, address }) => ({ path, address }));
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
