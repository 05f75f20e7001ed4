import { EventEmitter, once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import PostalMime, { type Address } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export interface SinkMessage {
  /** Message-ID with its angle brackets; empty if there is none. */
  id: string;
  from: string;
  to: string[];
  cc?: string[];
  subject: string;
  text: string;
  html?: string;
  headers: { in_reply_to: string | null; references: string[]; list_unsubscribe?: string };
  /** The sender and recipients of the SMTP dialogue, including blind copies. */
  envelope: { from: string; to: string[] };
  at: string;
}

export interface SmtpSink {
  readonly host: string;
  readonly port: number;
  /** In the order of arrival. */
  messages(): SinkMessage[];
  /** Resolves with all messages when there are `count` of them; rejects on timeout. */
  waitFor(count: number, options?: { timeoutMs?: number }): Promise<SinkMessage[]>;
  /** Forgets the messages; the file keeps them. */
  clear(): void;
  close(): Promise<void>;
}

export interface SmtpSinkOptions {
  port?: number;
  host?: string;
  /**
   * Gets one JSON line per message before the client is told that it was accepted: a record that outlives every
   * process.
   */
  file?: string;
}

/** A real SMTP server that accepts every message and delivers none. */
export async function startSmtpSink({ port = 0, host = '127.0.0.1', file }: SmtpSinkOptions = {}): Promise<SmtpSink> {
  let kept: SinkMessage[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const take = async (stream: NodeJS.ReadableStream, session: SMTPServerSession) => {
    const message = await read(stream, session);
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(message)}\n`, { mode: 0o600 });
    kept.push(message);
    arrivals.emit('message');
  };
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 500,
    logger: false,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onData: callbackify(take),
  });
  server.on('error', () => {});
  const listening = server.listen(port, host);
  await once(listening, 'listening');
  return {
    host,
    port: (listening.address() as AddressInfo).port,
    messages: () => [...kept],
    waitFor: async (count, { timeoutMs = 10_000 } = {}) => {
      const signal = AbortSignal.timeout(timeoutMs);
      while (kept.length < count) {
        await once(arrivals, 'message', { signal }).catch(() => {
          throw new Error(`After ${timeoutMs} ms the sink holds ${kept.length} of ${count} messages.`);
        });
      }
      return [...kept];
    },
    clear: () => {
      kept = [];
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function read(stream: NodeJS.ReadableStream, session: SMTPServerSession): Promise<SinkMessage> {
  const mail = await PostalMime.parse(await buffer(stream));
  const { mailFrom, rcptTo } = session.envelope;
  const unsubscribe = mail.headers.find(({ key }) => key === 'list-unsubscribe');
  return {
    id: mail.messageId ?? '',
    from: addresses(mail.from && [mail.from])[0] ?? '',
    to: addresses(mail.to),
    ...(mail.cc?.length ? { cc: addresses(mail.cc) } : {}),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    ...(mail.html ? { html: mail.html } : {}),
    headers: {
      in_reply_to: mail.inReplyTo ?? null,
      references: mail.references?.split(/\s+/).filter(Boolean) ?? [],
      ...(unsubscribe && { list_unsubscribe: unsubscribe.value }),
    },
    envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
    at: new Date().toISOString(),
  };
}

function addresses(list: Address[] | undefined): string[] {
  return (list ?? []).flatMap((entry) => (entry.group ?? [entry]).map(({ address }) => address ?? ''));
}
