import type { Socket } from 'node:net';
import { callbackify, promisify } from 'node:util';
import { buildConnector } from 'undici';
import type { ExecutorSettings } from '../settings.ts';
import { openSocket } from './socket.ts';

type Asked = buildConnector.Options & { httpSocket?: Socket };

/** TLS over a socket that stands, for the name that was asked for. One for all: it remembers TLS sessions. */
const startTls = promisify<Asked, Socket>(buildConnector({ timeout: 10_000 }) as never); // its callback is Node's

export interface ConnectorOptions {
  settings: ExecutorSettings;
  /** An address that the operator set, which is reached wherever it is. */
  trusted: string | undefined;
  signal: AbortSignal;
}

/** How undici gets its connections: it opens none itself, so that neither a proxy nor a pipe is ever used. */
export function connectorOf({ settings, trusted, signal }: ConnectorOptions): buildConnector.connector {
  const trustedOrigin = trusted === undefined ? undefined : new URL(trusted).origin;
  const connect = async (asked: Asked): Promise<Socket> => {
    const isTls = asked.protocol === 'https:';
    const { origin } = new URL(`${asked.protocol}//${asked.host ?? asked.hostname}`);
    const allowPrivateAddresses = settings.allowPrivateAddresses === true || origin === trustedOrigin;
    const to = { host: asked.hostname, port: Number(asked.port) || (isTls ? 443 : 80) };
    const socket = await openSocket(to, {
      allowPrivateAddresses,
      allowedPrivateHosts: settings.allowedPrivateHosts,
      signal,
    });
    if (!isTls) return socket.setNoDelay(true).setKeepAlive(true, 60_000);
    try {
      return await startTls({ ...asked, httpSocket: socket });
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };
  return callbackify(connect) as never; // undici's callback is Node's, by another type
}
