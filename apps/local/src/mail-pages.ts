// The pages of the local mail server. Held by apps/local/test/unit/mail-pages.test.ts.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SinkMessage, SmtpSink } from '@proviso/local-server/smtp-sink';
import { bodyDocument, listPage, messagePage } from './mail-html.ts';

export interface MailPages {
  sink: SmtpSink;
  /** The first part of every address. */
  key: string;
  port: number;
}

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-DNS-Prefetch-Control': 'off',
  'Cache-Control': 'no-store',
};

/** A mail's own HTML may only be displayed. `sandbox` also applies when somebody opens its address directly. */
const BODY_POLICY = (host: string) =>
  `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors http://${host}`;

interface Answer {
  status: number;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
}

const html = (body: string): Answer => ({ status: 200, type: 'text/html', body });
const text = (status: number, body: string): Answer => ({ status, type: 'text/plain', body: `${body}\n` });

export function answerMail(pages: MailPages, request: IncomingMessage, response: ServerResponse): void {
  const { status, type, body, headers } = answerOf(pages, request);
  response.writeHead(status, {
    ...HEADERS,
    ...(type !== undefined && { 'Content-Type': `${type}; charset=utf-8` }),
    ...headers,
  });
  response.end(body);
}

function answerOf({ sink, key, port }: MailPages, { method, url = '', headers }: IncomingMessage): Answer {
  // Refuses a foreign host name that points here (DNS rebinding).
  const host = headers.host?.toLowerCase() ?? '';
  if (!['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}`))
    return text(421, 'Mail is served at 127.0.0.1 only. Open the address that `npm start` prints.');
  const [, given = '', ...rest] = (url.split('?', 1)[0] ?? '').split('/');
  if (!isSame(given, key)) return text(404, 'Open the address that `npm start` prints.');
  if (rest.length === 0) return { status: 308, headers: { Location: `/${key}/` } };
  const messages = sink.messages();
  const address = rest.join('/');
  if (address === 'messages' && method === 'DELETE') {
    sink.clear();
    return { status: 204 };
  }
  if (method !== 'GET' && method !== 'HEAD') return { ...text(405, 'GET only.'), headers: { Allow: 'GET, HEAD' } };
  if (address === '') return html(listPage(messages));
  if (address === 'messages')
    return { status: 200, type: 'application/json', body: `${JSON.stringify({ messages }, null, 2)}\n` };
  return messageAt(messages, host, address) ?? text(404, 'There is no such message.');
}

function messageAt(messages: readonly SinkMessage[], host: string, address: string): Answer | undefined {
  const [, number = '', body] = /^messages\/(\d{1,9})\/(body)?$/.exec(address) ?? [];
  const message = number === '' ? undefined : messages[Number(number)];
  if (!message) return undefined;
  if (!body) return html(messagePage(message));
  const headers = { 'Content-Security-Policy': BODY_POLICY(host) };
  return message.html === undefined ? undefined : { ...html(bodyDocument(message.html)), headers };
}

/** In constant time. */
function isSame(given: string, key: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(key));
}
