// The one place that opens connections for executors and providers. It checks the host as written, every address that
// it resolves to, and finally the peer. It resolves once, so that the address that it checked is the one that it
// connects to. Held by egress.test.ts, and for every executor and provider by one-way-out.test.ts.
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { hostOf, isAllowedAddress, isPrivateHost, isPublicAddress, NO_HOSTS, type AllowedHosts } from './address.ts';
import { EgressError } from './error.ts';

export interface Destination {
  /** A name or an address, in any spelling. */
  host: string;
  port: number;
}

export interface SocketOptions {
  /** Allows private, loopback and link-local addresses. */
  allowPrivateAddresses?: boolean | undefined;
  /** Allows these wherever they are. */
  allowedPrivateHosts?: AllowedHosts | undefined;
  signal: AbortSignal;
}

const CONNECT_MS_MAX = 10_000;

/** Opens a TCP connection. Throws an EgressError, with nothing sent. */
export async function openSocket(
  { host, port }: Destination,
  { allowPrivateAddresses = false, allowedPrivateHosts: allowed = NO_HOSTS, signal }: SocketOptions,
): Promise<Socket> {
  const name = hostOf(host);
  const open = allowPrivateAddresses || (name !== undefined && allowed.names.has(name));
  const mayReach = (address = ''): boolean => open || isPublicAddress(address) || isAllowedAddress(address, allowed);
  if (name === undefined || (isPrivateHost(name) && !mayReach(name))) throw noHost('forbidden', open);
  const ends = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS_MAX)]);
  const answers = await within(ends, lookup(name, { all: true })).catch((error: unknown) => {
    throw noHost('failed', open, error);
  });
  const usable = answers.filter(({ address }) => mayReach(address));
  const [first] = usable;
  if (!first) throw noHost('failed', open);
  const resolved: LookupFunction = (_name, { all }, done) =>
    all ? done(null, usable) : done(null, first.address, first.family);
  const socket = connect({ host: isIP(name) ? first.address : name, port, lookup: resolved, autoSelectFamily: true });
  await established(socket, ends);
  if (mayReach(socket.remoteAddress)) return socket;
  socket.destroy();
  throw noHost('forbidden', open);
}

/** One message for a closed host and for one that does not exist, so that nobody maps our network with it. */
const noHost = (reason: 'forbidden' | 'failed', open: boolean, cause?: unknown): EgressError =>
  new EgressError(reason, false, `There is no such host${open ? '' : ' on the public internet'}.`, cause);

async function established(socket: Socket, ends: AbortSignal): Promise<void> {
  socket.on('error', () => undefined); // whoever uses the socket listens from the next turn on
  try {
    await once(socket, 'connect', { signal: ends });
  } catch (error) {
    socket.destroy();
    throw new EgressError('failed', false, `No connection could be made (${codeOf(error, ends)}).`, error);
  }
}

function codeOf(error: unknown, ends: AbortSignal): string {
  const { code = 'unknown' } = error as { code?: string };
  return ends.aborted ? 'ETIMEDOUT' : code;
}

function within<T>(ends: AbortSignal, work: Promise<T>): Promise<T> {
  const ended = once(ends, 'abort').then(() => Promise.reject(new Error('timed out')));
  return ends.aborted ? Promise.reject(new Error('timed out')) : Promise.race([work, ended]);
}
