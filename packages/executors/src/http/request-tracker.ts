import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { connectorOf } from '../egress/connector.ts';
import { EgressError } from '../egress/error.ts';
import { maskOf } from '../masking.ts';
import type { ExecutorSettings } from '../settings.ts';
import { readAnswer, type HttpAnswer } from './answer.ts';
import type { Heard } from './outcome.ts';

/** HTTP for one run, which tracks what is known of a failed request. */
export interface RequestTracker extends Heard {
  /** Asks once, and reads the answer. Throws only where none came. */
  ask(url: string | URL, init?: RequestInit): Promise<HttpAnswer>;
  /** For a client that reads by itself what a tenant's server says (`openEgress`). */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** The last request may have been let go: from here on a failure may hide an effect. */
  sent(): boolean;
  /** To the last request that was asked; undefined = none came. */
  answer(): HttpAnswer | undefined;
}

export interface RequestTrackerOptions {
  signal: AbortSignal;
  settings: ExecutorSettings;
  /** Where the operator says that the provider is: there, and there alone, private addresses are reached. */
  trusted?: string | undefined;
  /** Whose secrets no answer may show. */
  credentials?: object | undefined;
}

/** Opens a line that ends with the signal. It follows no redirect: credentials go to the address that was set. */
export function trackRequests({ signal, settings, trusted, credentials }: RequestTrackerOptions): RequestTracker {
  const connect = connectorOf({ settings, trusted, signal });
  let sent = false;
  let answered: HttpAnswer | undefined;
  const mask = maskOf(credentials);
  // A connection for each request: an idle one that the provider drops at the same moment looks like a lost answer. And
  // so a request is let go no earlier than when its connection stands.
  const dispatcher = new Agent({
    pipelining: 0,
    // The signal is the one limit: a provider may take as long as the run may.
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
