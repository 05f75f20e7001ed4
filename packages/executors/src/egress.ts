// Every call to an address that a tenant names goes through here. The address is tested where the connection is made:
// literals in all spellings, every answer of the resolver, and at last the peer. Redirects are not followed, and each
// request has a connection of its own. Held by egress.test.ts.
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector, type RequestInit as LineInit } from 'undici';
import { openLine } from './http/line.ts';
import type { ExecutorSettings } from './settings.ts';

export interface EgressLimits {
  /** From the call to the last byte of the body. */
  timeoutMs: number;
  /** Of the answer's body, after decompression. */
  bodyBytesMax: number;
}

/** Like the global `fetch`, but that redirects are answers, and that what fails is an EgressError. */
export type EgressFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export class EgressError extends Error {
  /** false = certain that nothing of the request left this machine. */
  readonly sent: boolean;
  readonly reason: 'forbidden' | 'too_large' | 'failed';

  constructor(reason: EgressError['reason'], sent: boolean, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EgressError';
    this.reason = reason;
    this.sent = sent;
  }
}

const LIMITS: EgressLimits = { timeoutMs: 60_000, bodyBytesMax: 1024 * 1024 };
const CONNECT_MS_MAX = 10_000;

/** What the library takes for unicast and is not public: benchmarking, and IPv6's own for documentation, tunnels and protocols. */
const closed = new BlockList();
closed.addSubnet('198.18.0.0', 15);
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(net, prefix, 'ipv6');
/** The rest of IPv6 is unassigned, or was never meant to be routed. */
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is on the public internet. IPv4 in IPv6's clothes (mapped, compatible, 6to4, NAT64) is not. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const kind = address.kind();
  if (address.range() !== 'unicast' || closed.check(address.toString(), kind)) return false;
  return kind === 'ipv4' || globalV6.check(address.toString(), kind);
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** Whether a URL's host is this very machine, by its name or as an address. */
export function isLoopback({ hostname }: URL): boolean {
  const host = bare(hostname);
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback');
}

/** Whether a URL names an address that is not public. What a name resolves to is tested when it is connected to. */
export const namesPrivateAddress = ({ hostname }: URL): boolean =>
  isIP(bare(hostname)) !== 0 && !isPublicAddress(bare(hostname));

/** Why a tenant may not name an address; undefined = it may. http is for this machine alone, and that for development. */
export function urlFault(url: URL, { allowPrivateAddresses: open = false }: ExecutorSettings): string | undefined {
  if (url.username || url.password || url.hash) return 'must hold neither credentials nor a fragment';
  if (url.protocol !== 'https:' && !(open && isLoopback(url))) return 'must be an https:// URL';
  return !open && (isLoopback(url) || namesPrivateAddress(url)) ? 'must be on the public internet' : undefined;
}

const forbidden = (): EgressError => new EgressError('forbidden', false, 'The address is not on the public internet.');

/** The resolver's public answers; an error where it has none. */
const lookupPublic: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, answers: LookupAddress[]) => {
    if (error) return done(error, '');
    const open = answers.filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (!first) return done(forbidden(), '');
    return options.all ? done(null, open) : done(null, first.address, first.family);
  });
};

const connect = buildConnector({ timeout: CONNECT_MS_MAX });
const connectLookedUp = buildConnector({ timeout: CONNECT_MS_MAX, lookup: lookupPublic });

/** Connects to public addresses only: the literal, what a name resolves to, and who is there in the end. */
const connectPublic: buildConnector.connector = (options, done) => {
  const host = bare(options.hostname);
  if (isIP(host) !== 0 && !isPublicAddress(host)) return done(forbidden(), null);
  connectLookedUp(options, (...[error, socket]) => {
    if (error) return done(error, null);
    if (isPublicAddress(socket.remoteAddress ?? '')) return done(null, socket);
    socket.destroy();
    return done(forbidden(), null);
  });
};

/** A `fetch` for addresses that tenants name, with limits on time and size. */
export function openEgress(
  { allowPrivateAddresses = false }: ExecutorSettings,
  limits: Partial<EgressLimits> = {},
): EgressFetch {
  const { timeoutMs, bodyBytesMax } = { ...LIMITS, ...limits };
  return async (input, init = {}) => {
    const { url, ...asked } = input instanceof Request ? partsOf(input) : { url: input, signal: undefined };
    const signals = [init.signal, asked.signal, AbortSignal.timeout(timeoutMs)];
    const signal = AbortSignal.any(signals.filter((each) => each instanceof AbortSignal));
    const line = openLine(signal, allowPrivateAddresses ? connect : connectPublic);
    const sending = { ...asked, ...init, redirect: 'manual' } as unknown as LineInit; // undici's types and Node's say the same in other words
    try {
      const { status, statusText, headers, body } = await line.fetch(url, sending);
      const limitedBody = body && limitBody(body as ReadableStream<Uint8Array>, bodyBytesMax);
      return new Response(limitedBody, { status, statusText, headers: [...headers] });
    } catch (error) {
      throw failureOf(error, line.sent());
    }
  };
}

function partsOf({ url, method, headers, body, signal }: Request) {
  return { url, method, headers: [...headers], signal, ...(body && { body, duplex: 'half' }) };
}

/** What undici says is the far side's or the system's own words: kept as the cause, for nobody's eyes. */
function failureOf(error: unknown, sent: boolean): EgressError {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof EgressError) return each;
  return new EgressError('failed', sent, sent ? 'The connection broke.' : 'No connection could be made.', error);
}

function limitBody(body: ReadableStream<Uint8Array>, bodyBytesMax: number): ReadableStream<Uint8Array> {
  let left = bodyBytesMax;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left >= 0) return controller.enqueue(chunk);
      controller.error(new EgressError('too_large', true, `The answer is larger than ${bodyBytesMax} bytes.`));
    },
  });
  return body.pipeThrough(counting);
}
