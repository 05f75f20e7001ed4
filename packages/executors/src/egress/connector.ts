import type { Socket } from 'node:net';
import { callbackify, promisify } from 'node:util';
import { buildConnector } from 'undici';
import type { ExecutorSettings } from '../settings.ts';
import { openSocket } from './socket.ts';

type Asked = buildConnector.Options & { httpSocket?: Socket };

/** Starts TLS over an open socket, for the requested name. All connections share it, because it caches TLS sessions. */
const startTls = promisify<Asked, Socket>(buildConnector({ timeout: 10_000 }) as never); // its callback is Node's

export interface ConnectorOptions {
  settings: ExecutorSettings;
  /** An address that the operator set; it may be private. */
  trusted: string | undefined;
  signal: AbortSignal;
}

/** Gives undici its connections. It opens none itself, so it can use neither a proxy nor a pipe. */
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
  return callbackify(connect) as never; // a Node callback under another type
}
