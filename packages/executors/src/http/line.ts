import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { connectorOf } from '../egress/connector.ts';
import { EgressError } from '../egress/error.ts';
import type { ExecutorSettings } from '../settings.ts';

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

export interface LineOptions {
  signal: AbortSignal;
  settings: ExecutorSettings;
  /** Where the operator says that the far side is: there, and there alone, private addresses are reached. */
  trusted?: string | undefined;
}

/** Opens a line that ends with the signal. It follows no redirect: credentials go to the address that was set. */
export function openLine({ signal, settings, trusted }: LineOptions): Line {
  const connect = connectorOf({ settings, trusted, signal });
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
      if (!/^https?:$/.test(new URL(url).protocol))
        throw new EgressError('forbidden', false, 'This is no HTTP address.');
      const redirect = init?.redirect === 'manual' ? 'manual' : 'error';
      answered = await fetch(url, { ...init, redirect, signal, dispatcher });
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
