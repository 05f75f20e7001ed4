import { Agent, buildConnector, fetch, type RequestInit, type Response } from 'undici';

/** fetch for one run, and what is known of its requests when one fails. */
export interface Line {
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** The last request may have been let go: from here on a failure may hide an effect. */
  sent(): boolean;
  /** Of the last answer; undefined = none came. */
  status(): number | undefined;
  /** What the last answer asked to wait. */
  retryAfterMs(): number | undefined;
}

/** Of a provider that has the request, before its answer and in it: then the connection counts as dead. */
const SILENCE_MS_MAX = 25_000;

/** One for all lines: it remembers TLS sessions. */
const connectorOfAll = buildConnector({ timeout: 10_000 });

/** Opens a line that ends with the signal. It follows no redirect unless told to: credentials go to the address that was set. */
export function openLine(signal: AbortSignal, connect = connectorOfAll): Line {
  let sent = false;
  let answered: Response | undefined;
  // A connection for each request: an idle one that the far side drops at the same moment looks like a lost answer.
  // And so a request is let go no earlier than when its connection stands.
  const dispatcher = new Agent({
    pipelining: 0,
    headersTimeout: SILENCE_MS_MAX,
    bodyTimeout: SILENCE_MS_MAX,
    maxResponseSize: 16 * 1024 * 1024,
    connect: (options, callback) =>
      connect(options, (...result) => {
        sent ||= result[0] === null;
        callback(...result);
      }),
  });
  return {
    fetch: async (url, init) => {
      sent = false;
      answered = undefined;
      answered = await fetch(url, { redirect: 'error', ...init, signal, dispatcher });
      return answered;
    },
    sent: () => sent,
    status: () => answered?.status,
    retryAfterMs: () => readRetryAfter(answered?.headers.get('retry-after')),
  };
}

const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

/** Whole seconds; the form with a date is not used by the providers here. */
function readRetryAfter(header: string | null | undefined): number | undefined {
  if (!header || !/^\d{1,9}$/.test(header.trim())) return undefined;
  return Math.min(Math.max(Number(header) * 1_000, 1_000), RETRY_AFTER_MAX_MS);
}
