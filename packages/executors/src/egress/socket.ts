// The one place that opens connections for executors and providers. A host is tested where it is connected to: as it is
// written, every answer of the resolver, and at last the peer. Answers are asked for once, so that what was tested is
// what is connected to. Held by egress.test.ts, and for every executor and provider by one-way-out.test.ts.
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
  /** Private, loopback and link-local addresses may be reached. */
  allowPrivateAddresses?: boolean | undefined;
  /** These may be reached wherever they are. */
  allowedPrivateHosts?: AllowedHosts | undefined;
  signal: AbortSignal;
}

const CONNECT_MS_MAX = 10_000;

/** A TCP connection that stands. Throws an EgressError, for which nothing has been sent. */
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

/** The same words for a host that is closed and for one that does not exist: nobody maps our network with them. */
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
