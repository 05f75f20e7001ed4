// The feed is ordered by (transaction, number) and read below the oldest open transaction. So a late commit has a
// position that nobody has read past. Held by events.test.ts, which keeps a transaction open.
import { LRUCache } from 'lru-cache';
import { rowFromJson, type ActionEvent, type ActionRow } from '../action/row.ts';
import type { JsonObject } from '@proviso/contracts';
import type { Queryable } from '../platform/db.ts';
import { statement, type Statement } from '../platform/statement.ts';
import { withDates } from '../platform/page.ts';
import type { FeedCursor } from './feed-cursor.ts';

export const IS_STABLE = 'transaction_id < pg_snapshot_xmin(pg_current_snapshot())';
export const AFTER_CURSOR = '(transaction_id, number) > (:transaction::xid8, :number::bigint)';

export interface CursorParams {
  transaction: string;
  number: string;
}

export const cursorParams = ({ transaction, number }: FeedCursor): CursorParams => ({
  transaction: `${transaction}`,
  number: `${number}`,
});

/** A page ends after this many events or bytes. */
const PAGE_EVENTS_MAX = 200;
const PAGE_BYTES_MAX = 256 * 1024;

/** Actions of at least this size are cached for their next event and the next listener. */
const LARGE_CHARS_MIN = 64 * 1024;
const LARGE_CHARS_MAX = 8 * 1024 * 1024;

/**
 * An event, and its action in that version or a later one. Both are the JSON text that PostgreSQL made of their rows,
 * parsed only when somebody needs it.
 */
export interface FeedEvent {
  cursor: FeedCursor;
  workspaceId: string;
  event: string;
  /** Null: the read did not ask for it. */
  action: string | null;
  /** Identifies the version of `action`: the same for all events that were read with it. */
  actionState: string;
  /** The length of both texts. */
  chars: number;
}

interface FeedPage {
  events: FeedEvent[];
  /** More can be read at once. */
  more: boolean;
}

interface Found {
  found: number;
  transaction: string;
  number: string;
  workspace_id: string;
  event: string;
  action: string | null;
  state: string;
  is_known: boolean;
}

/** Events come one by one out of a recursion, so that none is read that the page has no room for. */
const select = (where: string, isAskedFor: string): string => `
    with recursive found as materialized (
      select array(
        select ctid from action_events where ${AFTER_CURSOR} and ${where}
        order by transaction_id, number limit ${PAGE_EVENTS_MAX}
      ) as places
    ), page as (
      select 0 as n, 0::bigint as bytes, null::text as transaction, null::text as number,
        null::uuid as workspace_id, null::text as event, null::text as action, null::text as state, false as is_known
      union all
      select page.n + 1, page.bytes + octet_length(one.event) + coalesce(octet_length(one.action), 0), one.transaction,
        one.number, one.workspace_id, one.event, one.action, one.state, one.is_known
      from page, found, lateral (
        select e.transaction_id::text as transaction, e.number::text as number, e.workspace_id,
          row_to_json(e)::text as event,
          case when not s.is_known and ${isAskedFor} then (
            select row_to_json(r)::text from (select a.*, i.config_version as identity_version) r
          ) end as action,
          s.state, s.is_known
        from action_events e
        join actions a on a.id = e.action_id
        left join identities i on i.id = a.identity_id
        cross join lateral (
          select k.state, k.state = any(:known::text[]) as is_known
          from (select concat_ws(' ', a.id, a.version, i.config_version) as state) k
        ) s
        where e.ctid = found.places[page.n + 1]
        offset 0 -- made once, however often it is named
      ) one
      where page.n < cardinality(found.places) and page.bytes < ${PAGE_BYTES_MAX}
    )
    select (select cardinality(places) from found) as found, transaction, number, workspace_id, event, action, state,
      is_known
    from page order by n`;

interface ReadParams extends CursorParams {
  /** The states of actions that are known. */
  known: string[];
}

const READ = statement<ReadParams & { workspaces: string[] }, Found>(
  'events_read',
  select(IS_STABLE, 'e.workspace_id = any(:workspaces::uuid[])'),
);
const READ_CATCH_UP = statement<ReadParams & { upToTransaction: string; upToNumber: string; workspace: string }, Found>(
  'events_read_missed',
  select(
    '(transaction_id, number) <= (:upToTransaction::xid8, :upToNumber::bigint) and workspace_id = :workspace::uuid',
    'true',
  ),
);

interface CatchUpRequest {
  workspaceId: string;
  after: FeedCursor;
  /** The last event to read, which must be stable. */
  upTo: FeedCursor;
}

/**
 * Reads the feed for all listeners of a process, and each large action once, however many events and listeners it has.
 */
export interface FeedReader {
  /** Reads the next events of all workspaces, with the actions of the named workspaces. */
  next(after: FeedCursor, workspaces: Iterable<string>): Promise<FeedPage>;
  /** Reads the next events of one workspace, up to one that was already read. */
  catchUp(missed: CatchUpRequest): Promise<FeedPage>;
}

export function createFeedReader(db: Queryable): FeedReader {
  const large = new LRUCache<string, string>({ maxSize: LARGE_CHARS_MAX, sizeCalculation: ({ length }) => length });
  const read = async <Params extends ReadParams>(
    page: Statement<Params, Found>,
    params: Omit<Params, 'known'>,
  ): Promise<FeedPage> => {
    const [head, ...rows] = await db.query(page, { ...params, known: [...large.keys()] } as unknown as NoInfer<Params>);
    const events = rows.map((row) => {
      const action = row.is_known ? large.get(row.state) : row.action;
      if (action && action.length >= LARGE_CHARS_MIN) large.set(row.state, action);
      return eventOf({ ...row, action: action ?? null });
    });
    const found = head?.found ?? 0;
    return { events, more: found > rows.length || found === PAGE_EVENTS_MAX };
  };
  return {
    next: (after, workspaces) => read(READ, { ...cursorParams(after), workspaces: [...workspaces] }),
    catchUp: ({ workspaceId, after, upTo }) =>
      read(READ_CATCH_UP, {
        ...cursorParams(after),
        upToTransaction: `${upTo.transaction}`,
        upToNumber: `${upTo.number}`,
        workspace: workspaceId,
      }),
  };
}

const eventOf = ({ transaction, number, workspace_id, event, action, state }: Found): FeedEvent => ({
  cursor: { transaction: BigInt(transaction), number: BigInt(number) },
  workspaceId: workspace_id,
  event,
  action,
  actionState: state,
  chars: event.length + (action?.length ?? 0),
});

export const entryOf = ({ event }: FeedEvent): ActionEvent =>
  withDates(JSON.parse(event) as JsonObject, ['at']) as ActionEvent; // JSON of a table's row has exactly its columns

/** Parses the action that was read with the event. */
export const actionOf = ({ action }: FeedEvent): ActionRow => rowFromJson(JSON.parse(action ?? 'null') as JsonObject);
