import { sameAddress } from '@proviso/contracts';
import type { LookupContext, GuardResult } from '@proviso/core/executor';
import { recipients, type EmailParams } from './params.ts';
import { unsubscribedAmong } from './unsubscribed.ts';

/** Checks whether what was approved is outdated: the recipient, the thread, an unsubscription. */
export async function guardEmail(mail: EmailParams, ctx: LookupContext & { approvedAt: Date }): Promise<GuardResult> {
  const { records, approvedAt } = ctx;
  const contact = mail.contact_id === undefined ? null : await records.contact(mail.contact_id);
  if (mail.contact_id !== undefined && !contact) return refuse('The contact no longer exists.');

  const suppressed = await unsubscribedAmong(recipients(mail), contact, records);
  if (suppressed.length > 0) {
    return refuse(`Unsubscribed from e-mail: ${suppressed.map(({ address }) => address).join(', ')}.`);
  }

  const changes: string[] = [];
  if (contact && !sameAddress(contact.email, mail.email ?? '')) {
    changes.push(`the contact's address is now ${contact.email}`);
  }
  if (mail.thread_id !== undefined) {
    const thread = await records.thread(mail.thread_id);
    if (!thread) changes.push('the thread no longer exists');
    else if (thread.lastInboundAt && thread.lastInboundAt > approvedAt) changes.push('the thread has a newer reply');
  }
  return changes.length > 0 ? { kind: 'stale', changes } : { kind: 'ok' };
}

const refuse = (message: string): GuardResult => ({ kind: 'refused', message });
