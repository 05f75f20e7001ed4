import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { connectorOf } from '../egress/connector.ts';
import { EgressError } from '../egress/error.ts';
import { maskOf } from '../masking.ts';
import type { ExecutorSettings } from '../settings.ts';
import { readAnswer, type HttpAnswer } from './answer.ts';
import type { RequestState } from './outcome.ts';

/** HTTP for one run, which keeps track of what a failed request may have done. */
export interface RequestTracker extends RequestState {
  /** Sends once and reads the answer. Throws only if none came. */
  ask(url: string | URL, init?: RequestInit): Promise<HttpAnswer>;
  /** For a client that reads by itself what a tenant's server answers (`openEgress`). */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** The last request may have been sent: from here on a failure may hide an effect. */
  sent(): boolean;
  /** The answer to the last request; undefined = none came. */
  answer(): HttpAnswer | undefined;
}

export interface RequestTrackerOptions {
  signal: AbortSignal;
  settings: ExecutorSettings;
  /** The provider's address by the operator's setting; only there may it be private. */
  trusted?: string | undefined;
  /** Secrets that no answer may show. */
  credentials?: object | undefined;
}

/**
 * Opens HTTP that ends with the signal. Follows no redirects, because credentials go only to the address that was set.
 */
export function trackRequests({ signal, settings, trusted, credentials }: RequestTrackerOptions): RequestTracker {
  const connect = connectorOf({ settings, trusted, signal });
  let sent = false;
  let answered: HttpAnswer | undefined;
  const mask = maskOf(credentials);
  // Uses one connection per request: if the provider drops an idle one at the same moment, that looks like a lost
  // answer. It also means that nothing is sent before the connection is open.
  const dispatcher = new Agent({
    pipelining: 0,
    // Only the signal limits it: a provider may take as long as the run may.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: 16 * 1024 * 1024,
    connect: (options, callback) =>
      connect(options, (...result) => {
        sent ||= result[0] === null;
        callback(...result);
      }),
  });
  const send = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    sent = false;
    answered = undefined;
    if (!/^https?:$/.test(new URL(url).protocol))
      throw new EgressError('forbidden', false, 'This is not an HTTP address.');
    return fetch(url, { ...init, redirect: 'manual', signal, dispatcher });
  };
  return {
    ask: async (url, init) => (answered = await readAnswer(await send(url, init), mask)),
    fetch: send,
    sent: () => sent,
    answer: () => answered,
  };
}
