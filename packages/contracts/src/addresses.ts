// The single definition of an e-mail address, for senders, recipients and unsubscribed people. An international domain
// has two spellings but is one address: it is stored and compared in its wire form. Held by addresses.test.ts.
import { z } from 'zod';

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const HOST_NAME = /^(?!.{254})[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const ASCII = /^\p{ASCII}*$/u;
const UNSEEN = /[\p{C}\p{Z}]/u;
const IPV4_LIKE = /(?:^|\.)\d+$/;

/** A host name in wire form; undefined = not a host name. ASCII stays unchanged: no IPv4 forms, no mapping. */
function wireDomain(domain: string): string | undefined {
  const ascii = ASCII.test(domain) ? domain : mappedDomain(domain);
  return HOST_NAME.test(ascii) ? ascii : undefined;
}

/** Maps a domain as browsers do (UTS 46). Empty: it is not valid, or means an IPv4 address. */
function mappedDomain(domain: string): string {
  if (UNSEEN.test(domain) || /[/?#@:\\[\]%]/.test(domain.normalize('NFKC'))) return '';
  const url = `http://${domain}`;
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  return IPV4_LIKE.test(hostname) ? '' : hostname;
}

/** A bare address in ASCII, with an international domain as punycode; undefined = not exactly one address. */
export function wireAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || at > 64 || !LOCAL_PART.test(local)) return undefined;
  const domain = wireDomain(address.slice(at + 1));
  const wire = `${local}@${domain}`;
  return domain !== undefined && wire.length <= 254 ? wire : undefined;
}

/** The normal form of an address: the form that is stored and compared. */
export const addressKey = (address: string): string => (wireAddress(address) ?? address).toLowerCase();

export const sameAddress = (one: string, other: string): boolean => addressKey(one) === addressKey(other);

/** A caller's address, in the spelling they used. */
export const emailAddress = z
  .string()
  .max(320)
  .refine((value) => wireAddress(value) !== undefined, 'must be one e-mail address, such as ada@example.com')
  .meta({ format: 'idn-email' });

/** The key of the address in `Ann <ann@example.com>`, or of the whole text. */
export const addressIn = (mailbox: string): string =>
  addressKey((/<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim());
