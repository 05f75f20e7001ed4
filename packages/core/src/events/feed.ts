// One poller of `action_events` per process serves all listeners with one query, and does not run without listeners. It
// offers each page to all subscriptions in one turn of the event loop. So a subscription added meanwhile misses nothing
// and gets nothing twice. Held by events.test.ts and tests/stories/events.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Queryable } from '../platform/db.ts';
import { forProcess } from '../platform/fair-pool.ts';
import { findActiveCallers } from '../access/api-keys/find-active-callers.ts';
import type { FeedCursor } from './feed-cursor.ts';
import { createFeedReader, type FeedEvent } from './read.ts';
import { createSubscription, type Subscription, type SubscriptionOptions } from './subscription.ts';

const POLL_MS = 250;
/** How often the tokens of all listeners are checked. */
const RECHECK_MS = 1_000;

interface SubscribeRequest extends Omit<SubscriptionOptions, 'from'> {
  /** The feed's cursor when the listener connected. */
  now: FeedCursor;
  gone: AbortSignal;
}

export interface Feed {
  /**
   * Yields each event of the caller's workspace after that cursor, in order. Ends when the caller is gone or may no
   * longer read.
   */
  listen(request: SubscribeRequest): AsyncGenerator<FeedEvent, void>;
  count(): number;
}

export function createFeed(db: Queryable, log: Logger): Feed {
  const reader = createFeedReader(db);
  const subscriptions = new Set<Subscription>();
  /** The cursor up to which everything was offered. */
  let cursor: FeedCursor = { transaction: 0n, number: 0n };
  let running = false;
  let recheckAt = 0;

  const unsubscribe = (subscription: Subscription): void => {
    subscriptions.delete(subscription);
    subscription.end();
  };

  /** Returns whether more can be read at once. Checks tokens first: a revoked one is offered nothing. */
  const readNext = async (): Promise<boolean> => {
    if (performance.now() >= recheckAt) {
      for (const subscription of await findRevoked(db, subscriptions)) unsubscribe(subscription);
      recheckAt = performance.now() + RECHECK_MS;
    }
    const { events, more } = await reader.next(
      cursor,
      new Set([...subscriptions].map(({ caller }) => caller.workspaceId)),
    );
    for (const event of events)
      for (const subscription of subscriptions)
        if (subscription.caller.workspaceId === event.workspaceId) subscription.offer(event);
    cursor = events.at(-1)?.cursor ?? cursor;
    return more;
  };

  const subscribe = ({ caller, after, now }: SubscribeRequest): Subscription => {
    if (!running) cursor = now;
    const subscription = createSubscription(reader, { caller, after, from: cursor });
    subscriptions.add(subscription);
    if (!running) forProcess(() => void poll(readNext, () => (running = subscriptions.size > 0), log));
    return subscription;
  };

  return {
    async *listen(request) {
      const { gone } = request;
      if (gone.aborted) return;
      const subscription = subscribe(request);
      const hangUp = (): void => unsubscribe(subscription);
      gone.addEventListener('abort', hangUp);
      try {
        yield* subscription.events();
      } finally {
        gone.removeEventListener('abort', hangUp);
        unsubscribe(subscription);
      }
    },
    count: () => subscriptions.size,
  };
}

/** Polls while somebody listens, without a pause while there is more. Continues while the database is down. */
async function poll(readNext: () => Promise<boolean>, isWanted: () => boolean, log: Logger): Promise<void> {
  let isDown = false;
  while (isWanted()) {
    const more = await readNext().catch((err: unknown) => {
      if (!isDown) log.warn({ err }, 'events cannot be read; listeners are waiting');
      return undefined;
    });
    isDown = more === undefined;
    if (!more) await sleep(POLL_MS, undefined, { ref: false });
  }
}

/** Finds the subscriptions whose token is no longer valid. */
async function findRevoked(db: Queryable, subscriptions: ReadonlySet<Subscription>): Promise<Subscription[]> {
  const checked = [...subscriptions];
  const active = await findActiveCallers(db, new Set(checked.map(({ caller }) => caller)));
  return checked.filter(({ caller }) => !active.has(caller));
}
