import { sameAddress, type ResendConfig } from '@proviso/contracts';
import { invalid } from '@proviso/core/executor';
import { mailbox, displayMailbox } from '../email/addresses.ts';

/** The sender: the identity's own, or another one that the identity allows. Undefined = it does not. */
export function senderOf(from: string | undefined, config: ResendConfig): string | undefined {
  if (from === undefined) return mailbox(config.from) ? config.from : undefined;
  const given = mailbox(from)?.address;
  const own = mailbox(config.from)?.address;
  if (!given) return undefined;
  const domain = given.slice(given.lastIndexOf('@'));
  const allowed = [...(own ? [own] : []), ...(config.from_allowed ?? [])];
  const isMeant = (each: string): boolean =>
    each.startsWith('@') ? sameAddress(`x${each}`, `x${domain}`) : sameAddress(each, given);
  return allowed.some(isMeant) ? from : undefined;
}

/** The sender on the preview. */
export function displaySender(from: string | undefined, config: ResendConfig | undefined): string {
  const sender = config && senderOf(from, config);
  return sender === undefined ? '?' : displayMailbox(sender);
}

/** For `resolve`. Throws INVALID. */
export function assertSender(from: string | undefined, config: ResendConfig | undefined): void {
  if (config && senderOf(from, config) !== undefined) return;
  if (from === undefined) throw invalid('identity_id', 'has no valid sender in its config');
  throw invalid('params.from', 'is not a sender that this identity allows');
}
