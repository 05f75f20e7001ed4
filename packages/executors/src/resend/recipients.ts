import { sameAddress } from '@proviso/contracts';
import { invalid, type LookupContext, type GuardResult } from '@proviso/core/executor';
import { recipientsIn } from '../email/params.ts';
import { refuseUnsubscribed, unsubscribedAmong } from '../email/unsubscribed.ts';
import { assertRecordsExist } from '../assert-records-exist.ts';
import { configOf } from './client.ts';
import { resendRecipients, type ResendEmailParams } from './email-params.ts';
import { assertSender, senderOf } from './sender.ts';

const isTo = (mail: Pick<ResendEmailParams, 'to'>, email: string): boolean =>
  recipientsIn({ to: mail.to }).some(({ address }) => sameAddress(address, email));

/** Fills in the contact's address, and refuses invalid senders and recipients. Throws INVALID. */
export async function resolveResendEmail(
  given: ResendEmailParams,
  { records, identity }: LookupContext,
): Promise<Partial<ResendEmailParams>> {
  assertSender(given.from, configOf(identity?.config));
  await assertRecordsExist(given, records);
  const contact = given.contact_id === undefined ? null : await records.contact(given.contact_id);
  if (contact && given.to !== undefined && !isTo(given, contact.email))
    throw invalid('params.to', "does not hold this contact's address");
  const resolved = contact && given.to === undefined ? { to: contact.email } : {};
  await refuseUnsubscribed(resendRecipients({ ...given, ...resolved }), contact, records);
  return resolved;
}

/** Checks whether what was approved is outdated: the recipient, the sender, an unsubscription. */
export async function guardResendEmail(
  mail: ResendEmailParams,
  { records, identity }: LookupContext,
): Promise<GuardResult> {
  const config = configOf(identity?.config);
  if (!config || senderOf(mail.from, config) === undefined) return refuse('The identity does not allow this sender.');
  const contact = mail.contact_id === undefined ? null : await records.contact(mail.contact_id);
  if (mail.contact_id !== undefined && !contact) return refuse('The contact no longer exists.');
  const suppressed = await unsubscribedAmong(resendRecipients(mail), contact, records);
  if (suppressed.length > 0) {
    return refuse(`Unsubscribed from e-mail: ${suppressed.map(({ address }) => address).join(', ')}.`);
  }
  if (contact && !isTo(mail, contact.email)) {
    return { kind: 'stale', changes: [`the contact's address is now ${contact.email}`] };
  }
  return { kind: 'ok' };
}

const refuse = (message: string): GuardResult => ({ kind: 'refused', message });
