// The feed as one endless list: it reconnects, resumes after the last event, and throws only what a retry cannot fix.
// Held by test/unit/events.test.ts.
import type { ActionEvent, Briefing, EventName } from '@proviso/contracts';
import { backoffMs, pause, retryAfterMs } from './backoff.ts';
import { errorOf, ProvisoError } from './errors.ts';
import { readEventStream, type ServerEvent } from './event-stream.ts';
import { ATTEMPTS_MAX, type Connection } from './send.ts';

/** Three of the service's keep-alive intervals. */
const SILENCE_MS = 45_000;

export interface EventsOptions {
  signal?: AbortSignal;
  /** Resumes after this event; without it, starts with new events. */
  lastEventId?: string;
  workspaceId?: string;
  /** A connection that is silent for this long is replaced; 45 s by default. */
  silenceMs?: number;
}

/**
 * `briefing`: what is pending, at every connection. `resync`: too many events were missed; read the lists again, and
 * the feed continues from here. Otherwise an event of an action, with the action as it was then or a little later.
 */
export type FeedItem<Brief = Briefing, Told = ActionEvent> =
  | { name: 'briefing'; id: string; briefing: Brief }
  | { name: 'resync'; id: string }
  | ({ name: EventName; id: string } & Told);

export type Events<Brief = Briefing, Told = ActionEvent> = (
  options?: EventsOptions,
) => AsyncGenerator<FeedItem<Brief, Told>, void>;

/** Ends when the signal aborts. Retries the first connection like any call, and later ones for ever. */
export const createEvents = <Brief, Told>(connection: Connection, address: Address): Events<Brief, Told> =>
  async function* events(options = {}) {
    const { signal } = options;
    const path = address(options.workspaceId);
    const place = { lastEventId: options.lastEventId ?? '', retryMs: 0, failures: 0, connected: false };
    for (;;) {
      try {
        for await (const event of listen({ connection, path, options, place })) yield itemOf<Brief, Told>(event);
      } catch (error) {
        if (signal?.aborted) return;
        const lasting = error instanceof Refused && !error.passing;
        const never = !place.connected && place.failures + 1 >= ATTEMPTS_MAX;
        if (lasting || never) throw asProvisoError(error);
        if (error instanceof Refused) place.retryMs = error.retryMs;
      }
      place.failures += 1;
      const aborted = pause(backoffMs(place.failures, place.retryMs), signal).then(
        () => false,
        () => true,
      );
      if (await aborted) return;
    }
  };

/** The feed's position, kept across connections. */
interface Place {
  lastEventId: string;
  /** As the service asks. */
  retryMs: number;
  /** Failed connections since the last event. */
  failures: number;
  connected: boolean;
}

/** The address of a feed for the workspace that a caller names. */
type Address = (workspaceId: string | undefined) => string;

interface Listening {
  connection: Connection;
  path: string;
  options: EventsOptions;
  place: Place;
}

/** Yields what one connection sends, until it ends. */
async function* listen({ connection, path, options, place }: Listening): AsyncGenerator<ServerEvent, void> {
  const silence = watchSilence(options.silenceMs ?? SILENCE_MS);
  const signal = options.signal ? AbortSignal.any([silence.signal, options.signal]) : silence.signal;
  try {
    const body = await connect(connection, path, {
      headers: {
        ...(options.workspaceId && { 'x-workspace-id': options.workspaceId }),
        ...(place.lastEventId && { 'last-event-id': place.lastEventId }),
      },
      signal,
    });
    place.connected = true;
    place.retryMs = 0;
    for await (const item of readEventStream(body, place.lastEventId)) {
      silence.heard();
      if ('retryMs' in item) place.retryMs = item.retryMs;
      if (!('event' in item)) continue;
      place.failures = 0;
      place.lastEventId = item.event.id;
      silence.ignore(); // the reader's own time does not count
      yield item.event;
      silence.heard();
    }
  } finally {
    silence.ignore();
  }
}

async function connect(
  { baseUrl, token, workspaceId, fetch }: Connection,
  path: string,
  { headers, signal }: RequestInit,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(baseUrl + path, {
    redirect: 'manual',
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(workspaceId && { 'x-workspace-id': workspaceId }),
      ...(headers as Record<string, string>),
    },
    ...(signal && { signal }),
  });
  if (response.ok && response.body) return response.body;
  throw new Refused(await errorOf(response), response.status >= 500 || response.status === 429, retryAfterMs(response));
}

class Refused extends Error {
  readonly reason: ProvisoError;
  readonly passing: boolean;
  readonly retryMs: number;
  constructor(reason: ProvisoError, passing: boolean, retryMs = 0) {
    super(reason.message);
    this.reason = reason;
    this.passing = passing;
    this.retryMs = retryMs;
  }
}

const asProvisoError = (error: unknown): ProvisoError =>
  error instanceof Refused
    ? error.reason
    : new ProvisoError('The event feed cannot be reached.', { code: 'NETWORK', cause: error });

/** Aborts when nothing has arrived for this long. */
function watchSilence(silenceMs: number) {
  const gone = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ignore = (): void => clearTimeout(timer);
  const heard = (): void => {
    ignore();
    timer = setTimeout(() => gone.abort(), silenceMs);
  };
  heard();
  return { signal: gone.signal, heard, ignore };
}

function itemOf<Brief, Told>({ id, name, data }: ServerEvent): FeedItem<Brief, Told> {
  if (name === 'resync') return { name, id };
  if (name === 'briefing') return { name, id, briefing: JSON.parse(data) as Brief };
  return { name: name as EventName, id, ...(JSON.parse(data) as Told) };
}
