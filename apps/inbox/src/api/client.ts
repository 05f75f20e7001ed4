import type { ErrorBody } from '@proviso/contracts';
import { words } from '../words.ts';

/** A request that was not done, in words for the person who made it. */
export class RequestFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: ErrorBody['details'];
  /** With a 409: the current action. */
  readonly action: unknown;

  constructor(status: number, body: Partial<ErrorBody>) {
    super(body.error ?? words.failure.unreadable(status));
    this.status = status;
    this.code = body.code ?? 'UNAVAILABLE';
    this.details = body.details ?? [];
    this.action = body.action;
  }

  /** The sentence, and each fault with its place. */
  inWords(): string {
    const faults = this.details
      .filter(({ message }) => !this.message.includes(message))
      .map(({ path, message }) => (path ? `${path}: ${message}` : message));
    return [this.message, ...faults].join(' ');
  }
}

export const inWords = (error: unknown): string =>
  error instanceof RequestFailure ? error.inWords() : words.failure.notSent;

const TIMEOUT_MS = 30_000;

/** An event of the window: the session has ended, or there is none. */
export const SIGNED_OUT = 'proviso:signed-out';

interface Request {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: object;
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
}

/** One request of the public API as the person who is signed in. Throws RequestFailure. */
export async function request<Reply>(
  path: string,
  { method = 'GET', body, query = {}, signal }: Request = {},
): Promise<Reply> {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const reply = await fetch(path + search, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await reply.json().catch(() => ({}));
  if (reply.status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
  if (!reply.ok) throw new RequestFailure(reply.status, answer as Partial<ErrorBody>);
  return answer as Reply;
}
