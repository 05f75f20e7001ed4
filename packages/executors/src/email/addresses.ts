import { hasEncodedWord } from '@proviso/contracts';
import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';
import { z } from 'zod';

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const HOST_NAME = /^(?!.{254})[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const ASCII = /^\p{ASCII}*$/u;
const UNSEEN = /[\p{C}\p{Z}]/u;

/** The host name as it goes over the wire; undefined = not one. ASCII stays as it is: no IPv4 forms, no mapping. */
function wireDomain(domain: string): string | undefined {
  const ascii = ASCII.test(domain) ? domain : UNSEEN.test(domain) ? '' : domainToASCII(domain);
  return HOST_NAME.test(ascii) ? ascii : undefined;
}

/** A bare address in ASCII (an international domain as punycode); undefined = not exactly one address. */
export function wireAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || at > 64 || !LOCAL_PART.test(local)) return undefined;
  const domain = wireDomain(address.slice(at + 1));
  const wire = `${local}@${domain}`;
  return domain !== undefined && wire.length <= 254 ? wire : undefined;
}

/** Each as it goes over the wire; what cannot go stays as it is, for the far side to refuse. */
export const wireAddresses = (addresses: readonly string[]): string[] =>
  addresses.map((address) => wireAddress(address) ?? address);

/** As it goes over the wire, so that no name passes for an address. */
export function shownMailbox(text: string): string {
  const read = mailbox(text);
  if (!read) return text;
  const { name, address } = read;
  if (name === '') return address;
  return `${/[<>@",;:]/.test(name) ? JSON.stringify(name) : name} <${address}>`;
}

export const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const emailAddress = z
  .string()
  .max(254)
  .refine((value) => wireAddress(value) !== undefined, 'must be one e-mail address, such as ada@example.com');

/** `Ada <ada@example.com>` or a bare address; null = not one mailbox, or a name that its reader would see decoded. */
export function mailbox(text: string): { name: string; address: string } | null {
  if (/\p{Cc}/u.test(text) || hasEncodedWord(text)) return null;
  const [only, ...others] = addressparser(text, { flatten: true });
  const address = only && wireAddress(only.address);
  return address && others.length === 0 ? { name: only.name, address } : null;
}
