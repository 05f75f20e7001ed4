import { refused, retry, unknown, type Outcome } from '@proviso/core/executor';
import SMTPConnection, {
  type SMTPConnectionEnvelope,
  type SMTPConnectionSendInfo,
} from 'nodemailer/lib/smtp-connection';
import { Readable } from 'node:stream';
import { shownText } from '../shown-text.ts';
import type { WireMail } from './message.ts';

export interface SmtpServer {
  host: string;
  port: number;
  secure: boolean;
  requireTls: boolean;
  credentials: { user: string; pass: string } | null;
  /** Silence allowed after the greeting; 25 s when absent. */
  socketTimeoutMs?: number;
}

export interface SmtpRun {
  signal: AbortSignal;
  begin(): Promise<void>;
}

/** `messageId` is the one that the delivered copy carries: some providers put their own in its place. */
export interface Accepted {
  kind: 'accepted';
  recipients: string[];
  response: string;
  messageId: string;
}

/** What decides the outcome of a failure: had the message's bytes been let go? */
interface Progress {
  contentStarted: boolean;
  beginFailed?: { error: unknown };
}

type SmtpError = SMTPConnection.SMTPError;

/**
 * One message over one connection. `run.begin()` is awaited after the server's go-ahead for DATA and before the first
 * byte of content; when it throws, the connection is dropped without the final dot, so that the server discards the
 * message, and the error passes.
 */
export async function sendMail(mail: WireMail, server: SmtpServer, run: SmtpRun): Promise<Accepted | Outcome> {
  if (run.signal.aborted) return retry('Stopped before sending.', { undone: true });
  const connection = connectionTo(server);
  const progress: Progress = { contentStarted: false };
  try {
    const info = await Promise.race([
      interruption(connection, run.signal),
      converse(connection, mail, server, { run, progress }),
    ]);
    if (info.messageSize <= mail.raw.length) throw new Error('the server answered before the end of the message');
    const response = saidBy(server, info.response);
    quit(connection);
    return { kind: 'accepted', recipients: info.accepted, response, messageId: info.serverMessageId ?? mail.messageId };
  } catch (error) {
    connection.close();
    if (progress.beginFailed) throw progress.beginFailed.error;
    return failure(error as SmtpError, progress, server);
  }
}

function connectionTo(server: SmtpServer): SMTPConnection {
  return new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: server.socketTimeoutMs ?? 25_000,
    // Destroy at once: a polite end would first flush what is still buffered.
    socketCloseTimeout: 0,
  });
}

/** Rejects when the connection fails, ends or is aborted: nodemailer then drops some callbacks without calling them. */
function interruption(connection: SMTPConnection, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => {
      reject(new Error('stopped by us'));
      connection.close();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    connection.on('error', reject);
    connection.once('end', () => {
      signal.removeEventListener('abort', onAbort);
      // Later than the callback of the command in flight, which knows more.
      setImmediate(() => reject(new Error('the connection was closed')));
    });
  });
}

async function converse(
  connection: SMTPConnection,
  mail: WireMail,
  server: SmtpServer,
  { run, progress }: { run: SmtpRun; progress: Progress },
): Promise<SMTPConnectionSendInfo> {
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const { credentials } = server;
  if (credentials) {
    if (!connection.allowsAuth) throw Object.assign(new Error('the server offers no login'), { code: 'EAUTH' });
    await new Promise<void>((resolve, reject) => {
      connection.login({ ...credentials }, (error) => (error ? reject(error) : resolve()));
    });
  }
  const empty = { rcptQueue: [], accepted: [], rejected: [], rejectedErrors: [] };
  const envelope: SMTPConnectionEnvelope = { from: mail.from, to: mail.recipients, size: mail.raw.length, ...empty };
  const content = lazyContent(mail.raw, progress, async () => {
    // nodemailer notes the answers to RCPT on the envelope that it was given, and goes on when one was accepted.
    if (envelope.accepted.length !== mail.recipients.length) throw partlyRefused(envelope);
    await run.begin().catch((error: unknown) => {
      progress.beginFailed = { error };
      throw new Error('begin failed');
    });
  });
  return new Promise((resolve, reject) => {
    connection.send(envelope, content, (error, info) => (error ? reject(error) : resolve(info)));
  });
}

/** Nothing is read before the server's go-ahead for DATA: nodemailer pipes the stream only then. */
function lazyContent(raw: Buffer, progress: Progress, open: () => Promise<void>): Readable {
  const release = async (stream: Readable): Promise<void> => {
    await open();
    if (stream.destroyed) return;
    progress.contentStarted = true;
    stream.push(raw);
    stream.push(null);
  };
  return new Readable({
    read() {
      release(this).catch((error: Error) => this.destroy(error));
    },
  });
}

function partlyRefused(envelope: SMTPConnectionEnvelope): SmtpError {
  return Object.assign(new Error('some recipients were refused'), { rejectedErrors: envelope.rejectedErrors });
}

/** Only the answer to the end of DATA settles what happened once content was on its way. */
function failure(error: SmtpError, progress: Progress, server: SmtpServer): Outcome {
  const cause = error.rejectedErrors?.find(isPermanent) ?? error.rejectedErrors?.[0] ?? error;
  const text = saidBy(server, cause.response ?? cause.message);
  const answered = error.code === 'EMESSAGE' && error.command === 'DATA' && error.responseCode !== undefined;
  if (progress.contentStarted && !answered) {
    return unknown(`The connection was lost before the mail server confirmed the message: ${text}`);
  }
  if (isPermanent(cause)) return refused(`The mail server refused the message, and nothing was sent: ${text}`);
  return retry(`The mail server did not take the message: ${text}`, { undone: true });
}

/** Without a reply: nodemailer refused it itself, for its size, an address or a missing way to log in. */
const isPermanent = (error: SmtpError): boolean =>
  error.permanent ?? ['EAUTH', 'EENVELOPE', 'EMESSAGE'].includes(error.code ?? '');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function saidBy({ credentials }: SmtpServer, text: string): string {
  const secrets = credentials
    ? [base64(`\0${credentials.user}\0${credentials.pass}`), base64(credentials.pass), credentials.pass]
    : [];
  return shownText(text, secrets);
}

function quit(connection: SMTPConnection): void {
  const timer = setTimeout(() => connection.close(), 1_000).unref();
  connection.once('end', () => clearTimeout(timer));
  connection.quit();
}
