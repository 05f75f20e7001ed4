import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The network between a client and one server, which a test can break and repair. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Open connections, including broken ones. */
  connections(): number;
  /**
   * Repairs everything for new connections. What a swallowed connection has lost cannot be restored: it stays silent.
   */
  pass(): Promise<void>;
  /** The operating system refuses new connections; existing ones are reset. */
  refuse(): Promise<void>;
  /** Existing connections are reset (RST); new ones pass. */
  reset(): void;
  /** Delays every packet in both directions, in order. */
  slow(latencyMs: number): void;
  /**
   * A black hole: bytes vanish, and both ends believe that they are connected. `all` includes connections opened later.
   */
  swallow(which: 'existing' | 'all'): void;
  /** Resets each connection after this many more bytes, counted in both directions; those bytes arrive. */
  cutAfter(bytes: number): void;
  /** Delivers the request and drops the reply; then resets the client or leaves it waiting. Lasts until `pass`. */
  dropReplies(then: 'reset' | 'silence'): void;
  close(): Promise<void>;
}

interface Manner {
  latencyMs: number;
  /** How many more bytes may pass on each connection. */
  bytesLeft: number;
  swallows: boolean;
  replies: 'pass' | 'reset' | 'silence';
}

const CLEAR: Manner = { latencyMs: 0, bytesLeft: Infinity, swallows: false, replies: 'pass' };

interface Link {
  client: Socket;
  server: Socket;
  manner: Manner;
}

/** Reads `target.port` at each connection, so that a server may come back at another port. */
export async function startTcpProxy(target: { host?: string; port: number }): Promise<TcpProxy> {
  const links = createLinks(target);
  const listener = createServer((client) => links.open(client));
  let port = 0;
  const listen = async (): Promise<void> => {
    if (listener.listening) return;
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
  };
  const refuse = async (): Promise<void> => {
    const closed = listener.listening ? once(listener, 'close') : undefined;
    listener.close();
    links.reset();
    await closed;
  };
  await listen();
  return {
    host: '127.0.0.1',
    port,
    connections: () => links.count(),
    pass: async () => {
      links.spoil({});
      links.bury();
      await listen();
    },
    refuse,
    reset: () => links.reset(),
    slow: (latencyMs) => links.spoil({ latencyMs }),
    swallow: (which) => links.spoil({ swallows: true }, which),
    cutAfter: (bytesLeft) => links.spoil({ bytesLeft }),
    dropReplies: (replies) => links.spoil({ replies }),
    close: refuse,
  };
}

function createLinks(target: { host?: string; port: number }) {
  const links = new Set<Link>();
  let manner = { ...CLEAR };
  const drop = (link: Link): void => {
    for (const socket of [link.client, link.server]) socket.resetAndDestroy();
    links.delete(link);
  };
  /** The end of one side reaches the other, unless it vanishes like everything else. */
  const onClosed = (link: Link): void => {
    if (link.client.destroyed && link.server.destroyed) links.delete(link);
    else if (!isSilent(link)) drop(link);
  };
  return {
    count: () => links.size,
    open: (client: Socket): void => {
      const server = connect({ host: target.host ?? '127.0.0.1', port: target.port, noDelay: true });
      const link: Link = { client: client.setNoDelay(), server, manner: { ...manner } };
      links.add(link);
      forward(link, 'request');
      forward(link, 'reply');
      for (const socket of [client, server]) socket.on('close', () => onClosed(link)).on('error', () => undefined);
    },
    reset: (): void => links.forEach(drop),
    /** Removes swallowed links that have lost one side. */
    bury: (): void => links.forEach((link) => void ((link.client.destroyed || link.server.destroyed) && drop(link))),
    spoil: (change: Partial<Manner>, which: 'existing' | 'all' = 'all'): void => {
      const spoilt = { ...CLEAR, ...change };
      for (const link of links) link.manner = { ...spoilt, swallows: spoilt.swallows || link.manner.swallows };
      manner = which === 'all' ? spoilt : { ...CLEAR };
    },
  };
}

/** Carries one direction of a link, in the manner that applies when a packet arrives. */
function forward(link: Link, direction: 'request' | 'reply'): void {
  const [from, to] = direction === 'request' ? [link.client, link.server] : [link.server, link.client];
  let lastAt = 0;
  const inOrder = (work: () => void): void => {
    const now = performance.now();
    lastAt = Math.max(lastAt, now + link.manner.latencyMs);
    if (lastAt <= now) work();
    else setTimeout(work, lastAt - now);
  };
  from.on('data', (bytes: Buffer) => {
    const { manner } = link;
    if (manner.swallows) return;
    if (direction === 'reply' && manner.replies !== 'pass') return loseReply(link);
    const passing = bytes.subarray(0, manner.bytesLeft);
    manner.bytesLeft -= bytes.length;
    const isCut = manner.bytesLeft <= 0;
    inOrder(() => {
      if (link.manner.swallows) return;
      if (isCut) return void to.write(passing, () => cut(link));
      if (!to.write(passing)) from.pause();
    });
  });
  to.on('drain', () => from.resume());
  from.on('end', () => inOrder(() => void (isSilent(link) || to.end())));
}

/** One side hears nothing more from the other, not even its end. */
const isSilent = ({ manner }: Link): boolean => manner.swallows || manner.replies === 'silence';

function loseReply({ client, manner }: Link): void {
  if (manner.replies === 'reset') client.resetAndDestroy();
}

/** After everything written has been sent: a reset would overtake it. */
function cut({ client, server }: Link): void {
  setImmediate(() => {
    for (const socket of [client, server]) socket.resetAndDestroy();
  });
}
