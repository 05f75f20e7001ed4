import type { Caller } from '../access/context.ts';
import { isAfter, type FeedCursor } from './feed-cursor.ts';
import type { FeedEvent, FeedReader } from './read.ts';

/**
 * How many events are kept for a slow listener. One that falls further behind reads the feed again, a page at a time.
 */
const BACKLOG_MAX = 1_000;
const BACKLOG_CHARS_MAX = 1024 * 1024;

export interface SubscriptionOptions {
  caller: Caller;
  /** The cursor of the last event that the listener has. */
  after: FeedCursor;
  /** The feed's cursor. The listener catches up to it by reading; everything later is offered. */
  from: FeedCursor;
}

/** One listener of the feed. */
export interface Subscription {
  caller: Caller;
  /** Offers an event of the workspace. It is dropped if the listener has it. */
  offer(event: FeedEvent): void;
  end(): void;
  /** Yields each event in order, however late the listener asks for it. */
  events(): AsyncGenerator<FeedEvent, void>;
}

export function createSubscription(reader: FeedReader, { caller, after, from }: SubscriptionOptions): Subscription {
  const { workspaceId } = caller;
  const backlog = createBacklog();
  /** The listener reads up to here itself; the backlog has everything later. */
  let catchUpTo = from;
  let isEnded = false;
  let wake = (): void => undefined;

  async function* events(): AsyncGenerator<FeedEvent, void> {
    let cursor = after;
    for (;;) {
      if (isEnded) return; // also before the first wait: the listener may have left already
      if (isAfter(catchUpTo, cursor)) {
        const upTo = catchUpTo;
        const page = await reader.catchUp({ workspaceId, after: cursor, upTo });
        for (const event of page.events) {
          if (isEnded) return;
          yield event;
        }
        cursor = page.more ? (page.events.at(-1)?.cursor ?? upTo) : upTo;
        continue;
      }
      const next = backlog.shift();
      if (next) {
        ({ cursor } = next);
        yield next;
      } else await new Promise<void>((go) => (wake = go));
    }
  }

  return {
    caller,
    events,
    end: () => {
      isEnded = true;
      backlog.clear();
      wake();
    },
    offer: (event) => {
      if (isEnded || !isAfter(event.cursor, after)) return;
      if (event.action === null || !backlog.push(event)) {
        catchUpTo = event.cursor;
        backlog.clear();
      }
      wake();
    },
  };
}

function createBacklog() {
  const events: FeedEvent[] = [];
  let chars = 0;
  return {
    /** Returns false when the backlog is full. */
    push(event: FeedEvent): boolean {
      if (events.length >= BACKLOG_MAX || (events.length > 0 && chars + event.chars > BACKLOG_CHARS_MAX)) return false;
      chars += event.chars;
      events.push(event);
      return true;
    },
    shift(): FeedEvent | undefined {
      const event = events.shift();
      chars -= event?.chars ?? 0;
      return event;
    },
    clear(): void {
      events.length = 0;
      chars = 0;
    },
  };
}
