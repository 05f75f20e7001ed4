// One call of the service: its attempts, its time and its error. Held by test/unit/send.test.ts.
import { backoffMs, pause, retryAfterMs } from './backoff.ts';
import { errorOf, ProvisoError } from './errors.ts';

/** Some twelve seconds: a service that is restarted is back by then. */
export const ATTEMPTS_MAX = 8;
const ATTEMPT_MS = 15_000;
const CALL_MS = 60_000;

/** What every call takes. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** For the whole call with its attempts; 60 s by default. */
  timeoutMs?: number | undefined;
  /** Of a POST: the same key never does the same thing twice. Made up unless given. */
  idempotencyKey?: string | undefined;
  /** Instead of the client's own. */
  workspaceId?: string | undefined;
  /** Sees the status and headers of each reply that comes, one for every attempt. */
  onReply?: ((reply: Pick<Response, 'status' | 'headers'>) => void) | undefined;
}

export interface Outgoing {
  method: 'GET' | 'POST' | 'PATCH';
  /** With its query. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** How long one attempt may take; 15 s by default. */
  attemptMs?: number;
  attemptsMax?: number;
}

export interface Connection {
  baseUrl: string;
  token: string;
  workspaceId: string | undefined;
  fetch: Fetch;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type Send = <Reply>(outgoing: Outgoing, options?: CallOptions) => Promise<Reply>;

/** Asks until a reply comes that is not worth another attempt. */
export const createSend =
  (connection: Connection): Send =>
  async <Reply>(outgoing: Outgoing, options: CallOptions = {}): Promise<Reply> => {
    const { signal } = options;
    const timeoutMs = Math.ceil(options.timeoutMs ?? CALL_MS);
    const over = AbortSignal.timeout(timeoutMs);
    const ends = performance.now() + timeoutMs;
    const request = requestOf(connection, outgoing, options);
    for (let attempt = 1; ; attempt += 1) {
      const within = [over, AbortSignal.timeout(outgoing.attemptMs ?? ATTEMPT_MS), ...(signal ? [signal] : [])];
      const outcome = await ask(connection, request, { signal: AbortSignal.any(within), onReply: options.onReply });
      if ('body' in outcome) return outcome.body as Reply;
      signal?.throwIfAborted();
      const waitMs = backoffMs(attempt, outcome.retryAfterMs);
      const again = mayRepeat(outgoing, outcome.error) && attempt < (outgoing.attemptsMax ?? ATTEMPTS_MAX);
      if (!again || performance.now() + waitMs >= ends)
        throw over.aborted ? timedOut(timeoutMs, outcome.error) : outcome.error;
      await pause(waitMs, signal);
    }
  };

interface Ready {
  url: string;
  init: RequestInit;
}

/** The same for every attempt, key and all: that is what makes a repetition harmless. */
function requestOf(connection: Connection, { method, path, body, headers }: Outgoing, options: CallOptions): Ready {
  const workspaceId = options.workspaceId ?? connection.workspaceId;
  return {
    url: connection.baseUrl + path,
    init: {
      method,
      redirect: 'manual', // a POST that becomes a GET on its way is not what was asked for
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${connection.token}`,
        ...(workspaceId && { 'x-workspace-id': workspaceId }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    },
  };
}

type Outcome = { body: unknown } | { error: ProvisoError; retryAfterMs?: number | undefined };

type Asking = Pick<CallOptions, 'onReply'> & { signal: AbortSignal };

async function ask({ fetch }: Connection, { url, init }: Ready, { signal, onReply }: Asking): Promise<Outcome> {
  try {
    const response = await fetch(url, { ...init, signal });
    onReply?.(response);
    if (!response.ok) return { error: await errorOf(response), retryAfterMs: retryAfterMs(response) };
    return bodyOf(await response.text());
  } catch (cause) {
    return { error: new ProvisoError(`No reply from ${new URL(url).origin}.`, { code: 'NETWORK', cause }) };
  }
}

function bodyOf(text: string): Outcome {
  try {
    return { body: JSON.parse(text) };
  } catch (cause) {
    return { error: new ProvisoError('The reply is not JSON.', { code: 'UNEXPECTED_REPLY', cause }) };
  }
}

const REPEATABLE = [429, 502, 503, 504];

/** A PATCH has no key: done twice it might void an approval that came in between. It is repeated only if it was not taken. */
function mayRepeat({ method }: Outgoing, { code, status }: ProvisoError): boolean {
  if (method === 'PATCH') return status === 429;
  return code === 'NETWORK' || (status !== undefined && REPEATABLE.includes(status));
}

const timedOut = (timeoutMs: number, cause: ProvisoError): ProvisoError =>
  new ProvisoError(`No reply within ${timeoutMs} ms.`, { code: 'TIMED_OUT', cause });
