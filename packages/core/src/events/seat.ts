import type { Caller } from '../context.ts';
import type { Queryable } from '../db.ts';
import { isAfter, type Position } from './position.ts';
import { readMissed, type FeedEvent } from './read.ts';

/** Events that a listener may be behind the tail; one that is slower is dropped, and resumes where it was. */
const BACKLOG_MAX = 1_000;
const PAGE = 200;

export interface Seating {
  caller: Caller;
  /** The position of the last event that the listener has. */
  after: Position;
  /** Where the tail stands: up to here the listener reads by itself, and everything later is offered. */
  from: Position;
}

/** The place of one listener in the feed. */
export interface Seat {
  caller: Caller;
  /** Takes an event of the workspace, unless the listener has it; false = no more of them are taken. */
  offer(event: FeedEvent): boolean;
  end(): void;
  /** What was missed, then what is offered. */
  events(): AsyncGenerator<FeedEvent, void>;
}

export function createSeat(db: Queryable, { caller, after, from }: Seating): Seat {
  const { workspaceId } = caller;
  const backlog: FeedEvent[] = [];
  let over = false;
  let wake = (): void => undefined;

  const end = (): void => {
    over = true;
    wake();
  };

  async function* missed(): AsyncGenerator<FeedEvent, void> {
    let position = after;
    for (let more = isAfter(from, after); more;) {
      const events = await readMissed(db, { workspaceId, after: position, upTo: from, limit: PAGE });
      yield* events;
      position = events.at(-1)?.position ?? from;
      more = events.length === PAGE;
    }
  }

  async function* offered(): AsyncGenerator<FeedEvent, void> {
    for (;;) {
      if (over) return; // also before the first wait: the listener may have left by now
      const next = backlog.shift();
      if (next) yield next;
      else await new Promise<void>((go) => (wake = go));
    }
  }

  return {
    caller,
    end,
    offer: (event) => {
      if (over || !isAfter(event.position, after)) return !over;
      if (backlog.length >= BACKLOG_MAX) end();
      else backlog.push(event);
      wake();
      return !over;
    },
    async *events() {
      for (const source of [missed, offered])
        for await (const event of source()) {
          if (over) return;
          yield event;
        }
    },
  };
}
