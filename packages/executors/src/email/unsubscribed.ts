import type { ContactRecord, ReadableRecords } from '@proviso/core/executor';
import { sameAddress, wireAddress } from './addresses.ts';
import { recipients, type EmailParams } from './params.ts';

/** The recipients who asked for no e-mail, under the address as given or as it goes over the wire. */
export async function unsubscribedAmong(
  mail: EmailParams,
  contact: ContactRecord | null,
  records: ReadableRecords,
): Promise<{ path: string; address: string }[]> {
  const everyone = recipients(mail).map((recipient) => ({
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
