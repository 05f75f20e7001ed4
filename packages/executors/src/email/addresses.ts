import { addressKey, hasEncodedWord, wireAddress } from '@proviso/contracts';
import { displayAddress } from '@proviso/core/executor';
import type { z } from 'zod';
import addressparser from 'nodemailer/lib/addressparser';

/** The addresses in wire form. One that has none stays unchanged, for the provider to refuse. */
export const wireAddresses = (addresses: readonly string[]): string[] =>
  addresses.map((address) => wireAddress(address) ?? address);

/** A mailbox in wire form, so that no name passes for an address. */
export function displayMailbox(text: string): string {
  const read = mailbox(text);
  if (!read) return text;
  const { name, address } = read;
  if (name === '') return address;
  return `${/[<>@",;:]/.test(name) ? JSON.stringify(name) : name} <${address}>`;
}

/** An address for people: an international domain in Unicode. The preview warns if it imitates another. */
export function readableAddress(address: string): string {
  const wire = addressKey(address);
  const displayed = displayAddress(wire);
  return displayed === wire ? address : displayed;
}

/**
 * Parses `Ada <ada@example.com>` or a bare address; null = not one mailbox, or a name that mail programs would decode.
 */
export function mailbox(text: string): { name: string; address: string } | null {
  if (/\p{Cc}/u.test(text) || hasEncodedWord(text)) return null;
  const [only, ...others] = addressparser(text, { flatten: true });
  const address = only && wireAddress(only.address);
  return address && others.length === 0 ? { name: only.name, address } : null;
}

/** Refuses a sender in an identity's config that no mail could have, where it is set. */
export function refuseSenders(config: { from: string; reply_to?: string | undefined }, check: z.RefinementCtx): void {
  for (const field of ['from', 'reply_to'] as const) {
    const text = config[field];
    if (text === undefined || mailbox(text)) continue;
    const message = 'must be one address, with or without a name, such as Ada <ada@example.com>, without encoded words';
    check.addIssue({ code: 'custom', path: [field], message });
  }
}
