import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ExecutorSettings } from '../settings.ts';

/** The only part of IPv6 that is routed; the rest is unassigned or reserved. */
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3');
/** Azure's own services for a machine, at an address in a public range. */
const AZURE_WIRE_SERVER = '168.63.129.16';

/** Whether an address is on the public internet. IPv4 embedded in IPv6 (mapped, compatible, 6to4, NAT64) is not. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false; // a zone is a link of this machine
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || address.toString() === AZURE_WIRE_SERVER) return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_V6);
}

/**
 * Normalises a host as a browser does: IPv4 in four decimal parts whatever its bases and dots, a name in lower case and
 * punycode. undefined = not a valid host.
 */
export function hostOf(text: string): string | undefined {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (isIPv6(host)) return host;
  if (/[\s:/\\?#@[\]]/.test(host) || !URL.canParse(`http://${host}/`)) return undefined;
  return new URL(`http://${host}/`).hostname.replace(/\.$/, '') || undefined;
}

/** Names that always mean this machine (RFC 6761). */
const isLocalName = (host: string): boolean => /(^|\.)localhost$/.test(host);

/** Whether a host, as `hostOf` spells it, is this machine, by name or by address. */
function isLoopbackHost(host: string): boolean {
  return isLocalName(host) || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback');
}

/**
 * Whether a host, as `hostOf` spells it, is visibly not on the public internet. For other names the resolver decides.
 */
export const isPrivateHost = (host: string): boolean =>
  isLocalName(host) || (isIP(host) !== 0 && !isPublicAddress(host));

/** Why a tenant may not use an address; undefined = it may. http is only for this machine, for development. */
export function urlFault(url: URL, settings: ExecutorSettings): string | undefined {
  const { allowPrivateAddresses: open = false, allowedPrivateHosts: allowed = NO_HOSTS } = settings;
  if (url.username || url.password || url.hash) return 'must not contain credentials or a fragment';
  const host = hostOf(url.hostname) ?? '';
  if (url.protocol !== 'https:' && !(open && isLoopbackHost(host))) return 'must be an https:// URL';
  if (open || !isPrivateHost(host) || allowed.names.has(host) || isAllowedAddress(host, allowed)) return undefined;
  return 'must be on the public internet';
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Hosts that may be reached although they are not on the public internet, such as the operator's own mail relay. */
export interface AllowedHosts {
  /** As `hostOf` spells them; allowed whatever they resolve to. */
  names: ReadonlySet<string>;
  /** Addresses, allowed whatever name resolves to them. */
  ranges: readonly Range[];
}

/** Parses hosts, addresses and CIDR ranges, separated by commas. Returns the first invalid part as a string. */
export function readAllowedHosts(text: string): AllowedHosts | string {
  const names = new Set<string>();
  const ranges: Range[] = [];
  for (const given of text.split(',').map((each) => each.trim())) {
    if (given === '') continue;
    const name = hostOf(given);
    const range = rangeOf(name ?? given);
    if (range) ranges.push(range);
    else if (name === undefined || name.includes('*')) return given;
    else names.add(name);
  }
  return { names, ranges };
}

function rangeOf(text: string): Range | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Whether an address is in one of the ranges, also if it is IPv4 embedded in IPv6. */
export function isAllowedAddress(text: string, { ranges }: AllowedHosts): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = ipaddr.process(text);
  return ranges.some(([range, bits]) => address.kind() === range.kind() && address.match(range, bits));
}

export const NO_HOSTS: AllowedHosts = { names: new Set(), ranges: [] };
