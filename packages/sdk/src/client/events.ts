// The feed as one endless list: reconnects, resumes behind the last event, throws what no patience would mend.
// Held by test/unit/events.test.ts.
import type { Action, EventName, LogEntry } from '@proviso/contracts';
import { backoffMs, pause, retryAfterMs } from './backoff.ts';
import { errorOf, ProvisoError } from './errors.ts';
import { readEventStream, type ServerEvent } from './event-stream.ts';
import type { Connection } from './send.ts';

const FIRST_ATTEMPTS_MAX = 5;
/** Three of the service's signs of life. */
const SILENCE_MS = 45_000;

export interface EventsOptions {
  signal?: AbortSignal;
  /** Goes on behind this event; without it from now on. */
  lastEventId?: string;
  workspaceId?: string;
  /** A connection that says nothing for so long is given up and made again; 45 s unless given. */
  silenceMs?: number;
}

export interface Briefing {
  total: number;
  by_type: Record<string, number>;
  by_mission: Record<string, number>;
  oldest_created_at: string | null;
}

/**
 * `briefing`: what is pending, at every connection. `resync`: too much happened meanwhile; read the lists again, the feed
 * goes on from here. Else an event of an action, with the action as it stood after it.
 */
export type FeedItem =
  | { name: 'briefing'; id: string; briefing: Briefing }
  | { name: 'resync'; id: string }
  | { name: EventName; id: string; event: LogEntry; action: Action };

export type Events = (options?: EventsOptions) => AsyncGenerator<FeedItem, void>;

/** Ends when the signal aborts. A first connection is tried five times; once there was one, for ever. */
export const createEvents = (connection: Connection): Events =>
  async function* events(options = {}) {
    const { signal } = options;
    const place = { lastEventId: options.lastEventId ?? '', retryMs: 0, failures: 0, connected: false };
    for (;;) {
      try {
        yield* listen(connection, options, place);
      } catch (error) {
        if (signal?.aborted) return;
        const lasting = error instanceof Refused && !error.passing;
        const never = !place.connected && place.failures + 1 >= FIRST_ATTEMPTS_MAX;
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

/** Where the feed stands, across connections. */
interface Place {
  lastEventId: string;
  /** As the service asks for. */
  retryMs: number;
  /** Since the last event. */
  failures: number;
  connected: boolean;
}

/** What one connection tells, until it ends. */
async function* listen(connection: Connection, options: EventsOptions, place: Place): AsyncGenerator<FeedItem, void> {
  const silence = watchSilence(options.silenceMs ?? SILENCE_MS);
  const within = options.signal ? AbortSignal.any([silence.signal, options.signal]) : silence.signal;
  try {
    const body = await connect(connection, options, place.lastEventId, within);
    place.connected = true;
    for await (const heard of readEventStream(body, place.lastEventId)) {
      silence.heard();
      if ('retryMs' in heard) place.retryMs = heard.retryMs;
      if (!('event' in heard)) continue;
      place.failures = 0;
      place.lastEventId = heard.event.id;
      silence.ignore(); // the reader's own time does not count
      yield itemOf(heard.event);
      silence.heard();
    }
  } finally {
    silence.ignore();
  }
}

async function connect(
  { baseUrl, token, fetch, ...connection }: Connection,
  { workspaceId = connection.workspaceId }: EventsOptions,
  lastEventId: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(`${baseUrl}/v1/events`, {
    redirect: 'manual',
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(workspaceId && { 'x-workspace-id': workspaceId }),
      ...(lastEventId && { 'last-event-id': lastEventId }),
    },
    signal,
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
    : new ProvisoError('The feed cannot be reached.', { code: 'NETWORK', cause: error });

/** Aborts when nothing was heard for so long. */
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

function itemOf({ id, name, data }: ServerEvent): FeedItem {
  if (name === 'resync') return { name, id };
  if (name === 'briefing') return { name, id, briefing: JSON.parse(data) as Briefing };
  return { name: name as EventName, id, ...(JSON.parse(data) as { event: LogEntry; action: Action }) };
}
