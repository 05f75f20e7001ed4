import type { Socket } from 'node:net';
import type { SmtpConfig } from '@proviso/contracts';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { hostOf } from '../egress/address.ts';
import { openSocket } from '../egress/socket.ts';
import type { ExecutorSettings } from '../settings.ts';
import { maskOf } from '../masking.ts';
import { oneLine } from '../one-line.ts';

export interface SmtpServer {
  host: string;
  port: number;
  secure: boolean;
  requireTls: boolean;
  credentials: { user: string; pass: string } | null;
  /** Silence allowed after the greeting; absent = only the signal limits it. */
  socketTimeoutMs?: number;
}

/** The server of an identity. Credentials are never sent without TLS, unless its config says so. */
export const serverOf = (
  { host, port, secure, require_tls: requireTls }: SmtpConfig,
  credentials: SmtpServer['credentials'],
): SmtpServer => ({ host, port, secure, requireTls: requireTls ?? credentials !== null, credentials });

export type SmtpError = SMTPConnection.SMTPError;

/** Replaces nodemailer's own limit of ten minutes. */
const NO_LIMIT_MS = 2 ** 31 - 1;
const SAID_CHARS_MAX = 200;
/** A made-up login method: only its handler lets nodemailer send a single command. */
const PROBE = 'PROVISO-PROBE';

/**
 * Connects, greets, starts TLS and logs in as the server's settings demand, does the work, and quits. `openSocket`
 * checks the address; TLS checks the certificate for the name. Throws an EgressError without a connection, else what
 * nodemailer throws.
 */
export async function inSession<T>(
  server: SmtpServer,
  { signal, settings }: { signal: AbortSignal; settings: ExecutorSettings },
  work: (connection: SMTPConnection) => Promise<T>,
): Promise<T> {
  const { allowPrivateAddresses, allowedPrivateHosts } = settings;
  // Loaded with the first mail, because every process would pay for it at its start; and before the socket opens,
  // because nothing would listen to its errors meanwhile.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const socket = await openSocket(server, { allowPrivateAddresses, allowedPrivateHosts, signal });
  const connection = new Connection(optionsOf(socket, server));
  try {
    const worked = logIn(connection, server).then(() => work(connection));
    const result = await Promise.race([interruption(connection, signal), worked]);
    quit(connection);
    return result;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Asks whether the server accepts mail from a sender, and throws its refusal. It names no recipient and sends nothing.
 */
export const verifySender = (connection: SMTPConnection, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.login({ method: PROBE, user: address }, (error) =>
      error ? reject(Object.assign(error, { code: 'EENVELOPE' })) : resolve(),
    );
  });

function optionsOf(socket: Socket, server: SmtpServer): SMTPConnection.Options {
  return {
    connection: socket,
    host: hostOf(server.host) ?? server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: server.socketTimeoutMs ?? NO_LIMIT_MS,
    // Destroy at once: a polite end would first flush the buffer.
    socketCloseTimeout: 0,
    customAuth: {
      [PROBE]: async (probe) => {
        const { status, response } = await probe.sendCommand(`MAIL FROM:<${probe.auth.user}>`);
        if (status >= 400) throw Object.assign(new Error('the sender is refused'), { response });
      },
    },
  };
}

/** Rejects when the connection fails, ends or is aborted: nodemailer then never calls some callbacks. */
function interruption(connection: SMTPConnection, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => {
      reject(new Error('stopped by us'));
      connection.close();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    connection.on('error', reject);
    connection.once('end', () => {
      signal.removeEventListener('abort', onAbort);
      // After the callback of the command in flight, which knows more.
      setImmediate(() => reject(new Error('the connection was closed')));
    });
  });
}

async function logIn(connection: SMTPConnection, { credentials }: SmtpServer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  if (!credentials) return;
  if (!connection.allowsAuth)
    throw Object.assign(new Error('it does not support login, but the identity has credentials'), { code: 'EAUTH' });
  await new Promise<void>((resolve, reject) => {
    connection.login({ ...credentials }, (error) => (error ? reject(error) : resolve()));
  });
}

function quit(connection: SMTPConnection): void {
  const timer = setTimeout(() => connection.close(), 1_000).unref();
  connection.once('end', () => clearTimeout(timer));
  connection.quit();
}

/** A mail server's words for people: bounded, without secrets, and empty if it does not speak SMTP. */
export function serverWords(
  { credentials }: SmtpServer,
  { response, message }: { response?: string | undefined; message?: string },
): string {
  if (response && !/^[2-5]\d\d(?:[ -]|$)/.test(response)) return 'it does not speak SMTP';
  return oneLine(maskOf(credentials).text(response || (message ?? ''))).slice(0, SAID_CHARS_MAX);
}
