import { authorize, type Context } from '../access/context.ts';
import type { Queryable } from '../platform/db.ts';
import { readBriefing, type Briefing } from './briefing.ts';
import type { Feed } from './feed.ts';
import { parseFeedCursor, type FeedCursor } from './feed-cursor.ts';
import { AFTER_CURSOR, cursorParams, IS_STABLE, type CursorParams, type FeedEvent } from './read.ts';
import { statement } from '../platform/statement.ts';

/** A listener that has missed more events than this, counted over all workspaces, gets a resync. */
const BEHIND_MAX = 100_000;

export interface Stream {
  briefing: Briefing;
  /** The stream begins after this cursor. */
  after: FeedCursor;
  /** The listener missed an unknown number of events: the stream begins with new ones. */
  resync: boolean;
  events: AsyncIterable<FeedEvent>;
}

export interface ListenOptions {
  /** The cursor of the last event that the caller has; undefined = none, so the stream begins with new events. */
  lastEventId?: string | undefined;
  gone: AbortSignal;
}

/** Returns the briefing and the events after it, or after the last event that the caller has. */
export async function listenToEvents(ctx: Context, feed: Feed, { lastEventId, gone }: ListenOptions): Promise<Stream> {
  authorize(ctx, 'actions:read');
  const { caller, db } = ctx;
  const { briefing, now } = await readBriefing(db, caller.workspaceId);
  const last = lastEventId === undefined ? now : await resumeCursor(db, lastEventId, now);
  const after = last ?? now;
  return { briefing, after, resync: !last, events: feed.listen({ caller, after, now, gone }) };
}

const COUNT_BEHIND = statement<CursorParams & { most: number }, { behind: number }>(
  'events_count_behind',
  `
    select count(*)::int as behind from (
      select from action_events where ${AFTER_CURSOR} and ${IS_STABLE} order by transaction_id, number limit :most::int
    ) e`,
);

/** A cursor from which nothing is missed. One from the future belongs to another database. */
async function resumeCursor(db: Queryable, lastEventId: string, now: FeedCursor): Promise<FeedCursor | undefined> {
  const last = parseFeedCursor(lastEventId);
  if (!last || last.transaction > now.transaction) return undefined;
  const [counted] = await db.query(COUNT_BEHIND, { ...cursorParams(last), most: BEHIND_MAX + 1 });
  return (counted?.behind ?? 0) > BEHIND_MAX ? undefined : last;
}
