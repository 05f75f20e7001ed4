// One poller of `action_events` per process, however many listen: one query for all of them, and none without them.
// What it has read is offered to every seat in the same turn of the event loop, so that a seat that is taken meanwhile
// misses nothing and gets nothing twice. Held by events.test.ts and tests/stories/events.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Queryable } from '../db.ts';
import { forProcess } from '../fair-pool.ts';
import { findAlive } from '../keys/find-alive.ts';
import type { Position } from './position.ts';
import { createFeedReader, type FeedEvent } from './read.ts';
import { createSeat, type Seat, type Seating } from './seat.ts';

const LOOK_MS = 250;
/** How often the tokens of all listeners are checked. */
const RIGHTS_MS = 1_000;

interface Listening extends Omit<Seating, 'from'> {
  /** The cursor of the feed when the listener connected. */
  now: Position;
  gone: AbortSignal;
}

export interface Feed {
  /** Each event of the caller's workspace after that position, in order; ends when the caller is gone, or may not read any more. */
  listen(listening: Listening): AsyncGenerator<FeedEvent, void>;
  count(): number;
}

export function createFeed(db: Queryable, log: Logger): Feed {
  const reader = createFeedReader(db);
  const seats = new Set<Seat>();
  /** Everything up to here was offered. */
  let head: Position = { transaction: 0n, number: 0n };
  let running = false;
  let rightsAt = 0;

  const leave = (seat: Seat): void => {
    seats.delete(seat);
    seat.end();
  };

  /** Whether there is more to read at once. Rights come first: nothing is offered on a token that was not looked at. */
  const look = async (): Promise<boolean> => {
    if (performance.now() >= rightsAt) {
      for (const seat of await findBarred(db, seats)) leave(seat);
      rightsAt = performance.now() + RIGHTS_MS;
    }
    const { events, more } = await reader.next(head, new Set([...seats].map(({ caller }) => caller.workspaceId)));
    for (const event of events)
      for (const seat of seats) if (seat.caller.workspaceId === event.workspaceId) seat.offer(event);
    head = events.at(-1)?.position ?? head;
    return more;
  };

  const takeSeat = ({ caller, after, now }: Listening): Seat => {
    if (!running) head = now;
    const seat = createSeat(reader, { caller, after, from: head });
    seats.add(seat);
    if (!running) forProcess(() => void lookOn(look, () => (running = seats.size > 0), log));
    return seat;
  };

  return {
    async *listen(listening) {
      const { gone } = listening;
      if (gone.aborted) return;
      const seat = takeSeat(listening);
      const hangUp = (): void => leave(seat);
      gone.addEventListener('abort', hangUp);
      try {
        yield* seat.events();
      } finally {
        gone.removeEventListener('abort', hangUp);
        leave(seat);
      }
    },
    count: () => seats.size,
  };
}

/** Polls while somebody listens: at once while there is more, and also while the database is down. */
async function lookOn(look: () => Promise<boolean>, wanted: () => boolean, log: Logger): Promise<void> {
  let away = false;
  while (wanted()) {
    const more = await look().catch((err: unknown) => {
      if (!away) log.warn({ err }, 'events cannot be read; listeners are waiting');
      return undefined;
    });
    away = more === undefined;
    if (!more) await sleep(LOOK_MS, undefined, { ref: false });
  }
}

/** Those whose token is no longer valid. */
async function findBarred(db: Queryable, seats: ReadonlySet<Seat>): Promise<Seat[]> {
  const asked = [...seats];
  const alive = await findAlive(db, new Set(asked.map(({ caller }) => caller)));
  return asked.filter(({ caller }) => !alive.has(caller));
}
