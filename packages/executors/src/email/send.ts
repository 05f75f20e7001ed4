import { refused, retry, unknown, type Outcome } from '@proviso/core/executor';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionEnvelope, SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import { Readable } from 'node:stream';
import { EgressError } from '../egress/error.ts';
import type { ExecutorSettings } from '../settings.ts';
import type { WireMail } from './message.ts';
import { inSession, serverWords, type SmtpError, type SmtpServer } from './session.ts';

export interface SmtpRun {
  signal: AbortSignal;
  settings: ExecutorSettings;
  begin(): Promise<void>;
}

/** `messageId` is the one in the delivered copy: some providers replace ours. */
export interface Accepted {
  kind: 'accepted';
  recipients: string[];
  response: string;
  messageId: string;
}

/** Whether bytes of the message were sent, which decides the outcome of a failure. */
interface Progress {
  contentStarted: boolean;
  beginFailed?: { error: unknown };
}

/**
 * Sends one message over one connection. Awaits `run.begin()` after the server's go-ahead for DATA and before the first
 * byte of content. If it throws, the connection is dropped without the final dot, so that the server discards the
 * message, and the error passes.
 */
export async function sendMail(mail: WireMail, server: SmtpServer, run: SmtpRun): Promise<Accepted | Outcome> {
  if (run.signal.aborted) return retry('Stopped before sending.', { undone: true });
  const progress: Progress = { contentStarted: false };
  try {
    const info = await inSession(server, run, (connection) => submit(connection, mail, { run, progress }));
    if (info.messageSize <= mail.raw.length) throw new Error('the server replied before the end of the message');
    const response = serverWords(server, info);
    return { kind: 'accepted', recipients: info.accepted, response, messageId: info.serverMessageId ?? mail.messageId };
  } catch (error) {
    if (progress.beginFailed) throw progress.beginFailed.error;
    return failure(error as SmtpError, progress, server);
  }
}

async function submit(
  connection: SMTPConnection,
  mail: WireMail,
  { run, progress }: { run: SmtpRun; progress: Progress },
): Promise<SMTPConnectionSendInfo> {
  const empty = { rcptQueue: [], accepted: [], rejected: [], rejectedErrors: [] };
  const envelope: SMTPConnectionEnvelope = { from: mail.from, to: mail.recipients, size: mail.raw.length, ...empty };
  const content = lazyContent(mail.raw, progress, async () => {
    // nodemailer writes the replies to RCPT on the envelope, and continues if one recipient was accepted.
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

/** nodemailer reads the stream only after the server's go-ahead for DATA. */
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

/** Down, busy or greylisting: nothing was sent. */
const LATER = { undone: true, unavailable: true };

const isAway = ({ responseCode = 0, code = '' }: SmtpError): boolean =>
  (responseCode >= 400 && responseCode < 500) || ['ECONNECTION', 'ETIMEDOUT'].includes(code);

/** Once content has been sent, only the reply to the end of DATA says what happened. */
function failure(error: SmtpError, progress: Progress, server: SmtpServer): Outcome {
  if (error instanceof EgressError)
    return error.reason === 'forbidden' ? refused(error.message) : retry(error.message, LATER);
  const cause = error.rejectedErrors?.find(isPermanent) ?? error.rejectedErrors?.[0] ?? error;
  const text = serverWords(server, cause);
  const answered = error.code === 'EMESSAGE' && error.command === 'DATA' && error.responseCode !== undefined;
  if (progress.contentStarted && !answered) {
    return unknown(`The connection was lost before the mail server confirmed the message: ${text}`);
  }
  if (isPermanent(cause)) return refused(`The mail server refused the message, and nothing was sent: ${text}`);
  return retry(`The mail server did not accept the message: ${text}`, isAway(cause) ? LATER : { undone: true });
}

/** Without a server's reply: nodemailer refused it itself, for its size, an address or a missing login method. */
const isPermanent = (error: SmtpError): boolean =>
  error.permanent ?? ['EAUTH', 'EENVELOPE', 'EMESSAGE'].includes(error.code ?? '');
