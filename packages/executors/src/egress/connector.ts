import { buildConnector } from 'undici';
import type { ExecutorSettings } from '../settings.ts';
import { openSocket } from './socket.ts';

/** TLS over a socket that stands, for the name that was asked for. One for all: it remembers TLS sessions. */
const startTls = buildConnector({ timeout: 10_000 });

export interface ConnectorOptions {
  settings: ExecutorSettings;
  /** An address that the operator set, which is reached wherever it is. */
  trusted: string | undefined;
  signal: AbortSignal;
}

/** How undici gets its connections: it opens none itself, so that neither a proxy nor a pipe is ever used. */
export function connectorOf({ settings, trusted, signal }: ConnectorOptions): buildConnector.connector {
  const trustedOrigin = trusted === undefined ? undefined : new URL(trusted).origin;
  return (options, done) => {
    const { protocol, hostname, port } = options;
    const isTls = protocol === 'https:';
    const origin = new URL(`${protocol}//${options.host ?? hostname}`).origin;
    const allowPrivateAddresses = settings.allowPrivateAddresses === true || origin === trustedOrigin;
    openSocket({ host: hostname, port: Number(port) || (isTls ? 443 : 80) }, { allowPrivateAddresses, signal }).then(
      (socket) => {
        if (!isTls) return done(null, socket.setNoDelay(true).setKeepAlive(true, 60_000));
        startTls({ ...options, httpSocket: socket }, (...[error, secured]) => {
          if (!error) return done(null, secured);
          socket.destroy();
          return done(error, null);
        });
      },
      (error: Error) => done(error, null),
    );
  };
}
