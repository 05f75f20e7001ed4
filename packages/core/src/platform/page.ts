// A page of a list ends after `limit` rows or PAGE_BYTES_MAX, whichever comes first: PostgreSQL adds up the rows' bytes
// and sends no more. Held by apps/api/test/large-pages.test.ts.
import { hash } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import { LRUCache } from 'lru-cache';
import { afterCursor, foreignCursor, formatCursor } from './cursor.ts';
import { sql, statementOf, type Queryable, type Sql } from './db.ts';
import { sqlState } from './database-errors.ts';
import { invalid } from './errors.ts';
import { mapInSlices } from './map-in-slices.ts';

/** Bytes of the rows' JSON in PostgreSQL. The row that reaches it is the last; it may be the only one. */
const PAGE_BYTES_MAX = 2 * 1024 * 1024;

/** The terms of an order, which together distinguish any two rows; SQL over the row `t`. */
export interface Order {
  /** Marks the cursors of this order. */
  name: string;
  direction: 'asc' | 'desc';
  terms: readonly { sql: string; type: 'timestamptz' | 'uuid' | 'text' | 'int4' }[];
}

export const NEWEST_FIRST = newestFirst('created_at');

/** By a time that is never null, then by id. */
export function newestFirst(column: string): Order {
  const terms = [{ sql: `t.${column}`, type: 'timestamptz' } as const, { sql: 't.id', type: 'uuid' } as const];
  return { name: column, direction: 'desc', terms };
}

/** Rows of one table. */
export interface Selection {
  from: string;
  /** Over the row `t`. */
  where: Sql;
  order: Order;
  /** Selects what follows the previous page; absent = from the first row on. Over the row `t`. */
  after?: Sql | undefined;
  limit: number;
  skip: number;
  /** A statement that counts all matches, in the page's snapshot. */
  count?: Sql;
  /** More columns over the row `t`, each with a leading comma. */
  extra?: Sql;
  /** A text over the row `t` that differs whenever the row, or one of the `extra` columns, does. */
  version?: Sql;
}

export interface SelectedRows<Row> {
  rows: Row[];
  /** The page reached its byte limit: more rows follow although it has fewer than `limit`. */
  truncated: boolean;
  /** The result of `count`; 0 without one. */
  total: number;
  /** The sort terms of the last row; null = no row follows it. */
  last: readonly string[] | null;
}

type Terms = { terms: string[] };

interface Remembered<Row> {
  row: Row;
  terms: readonly string[];
  bytes: number;
}

/** What the last read of a page found, by the versions of the rows. */
export type PageMemory<Row> = LRUCache<string, ReadonlyMap<string, Remembered<Row>>>;

/** Keeps rows of up to `maxBytes` of JSON in total; each page is one entry. */
export const createPageMemory = <Row>(maxBytes: number): PageMemory<Row> =>
  new LRUCache({
    maxSize: maxBytes,
    sizeCalculation: (page) => [...page.values()].reduce((sum, { bytes }) => sum + bytes, 1),
  });

export interface Reading<Row> {
  rowOf: (json: JsonObject) => Row;
  /** For a selection with `version`: rows that it holds in their current version are not sent again. */
  memory?: PageMemory<Row>;
}

interface Found {
  found: number;
  total: number | null;
  version: string;
  /** Null = it is known in this version. */
  row: string | null;
}

/** Reads the rows of one page, as JSON, in one statement. */
export async function readRows<Row>(
  db: Queryable,
  selection: Selection,
  { rowOf, memory }: Reading<Row>,
): Promise<SelectedRows<Row>> {
  const page = memory && keyOf(pageOf(selection, {}));
  const known = (page && memory.get(page)) || new Map<string, Remembered<Row>>();
  const sizes = Object.fromEntries([...known].map(([version, { bytes }]) => [version, bytes]));
  const [head, ...found] = await db.query(...statementOf<Found>(pageOf(selection, sizes))).catch((error: unknown) => {
    throw selection.after && sqlState(error)?.startsWith('22') ? foreignCursor() : error; // a time that is none
  });
  const isMore = (head?.found ?? 0) > found.length;
  const read = await mapInSlices(found, ({ version, row: text }): [string, Remembered<Row>] => {
    const remembered = text === null && known.get(version);
    if (remembered) return [version, remembered];
    const { terms, ...json } = JSON.parse(text ?? '') as JsonObject & Terms;
    return [version, { row: rowOf(json), terms, bytes: Buffer.byteLength(text ?? '') }];
  });
  if (page) memory.set(page, new Map(read));
  return {
    rows: read.map(([, { row }]) => row),
    total: head?.total ?? 0,
    truncated: isMore && read.length < selection.limit,
    last: (isMore && read.at(-1)?.[1].terms) || null,
  };
}

const keyOf = ({ sql: text, values }: Sql): string => hash('sha256', JSON.stringify([text, values]), 'base64');

/**
 * A recursion yields the rows one by one, so that no row is read or measured that does not fit in the page. `known` are
 * the bytes of rows by their versions.
 */
function pageOf(
  { from, where, order, after, limit, skip, count, extra, version }: Selection,
  known: Record<string, number>,
): Sql {
  const table = sql.raw(from);
  const by = sql.raw(order.terms.map((term) => `${term.sql} ${order.direction}`).join(', '));
  const terms = sql.raw(order.terms.map((term) => `(${term.sql})::text`).join(', '));
  return sql`
    with recursive known as materialized (
      select ${JSON.stringify(known)}::jsonb as sizes
    ), found as materialized (
      select array(
        select t.ctid from ${table} t where ${where} ${after ? sql`and ${after}` : sql.empty}
        order by ${by} limit ${limit + 1}::int offset ${skip}::int
      ) as places
    ), page as (
      select 0 as n, 0::bigint as bytes, null::text as version, null::text as row
      union all
      select page.n + 1, page.bytes + coalesce(one.known, octet_length(one.row)), one.version, one.row
      from page, found, known, lateral (
        select v.version, (sizes->>v.version)::int as known, case when not coalesce(sizes ? v.version, false) then (
          select row_to_json(r)::text from (select t.*, array[${terms}] as terms ${extra ?? sql.empty}) r) end as row
        from ${table} t cross join lateral (select ${version ?? sql`null::text`} as version) v
        where t.ctid = found.places[page.n + 1]
        offset 0 -- made once, however often it is named
      ) one
      where page.n < least(cardinality(found.places), ${limit}::int) and page.bytes < ${PAGE_BYTES_MAX}::bigint
    )
    select (select cardinality(places) from found) as found, (${count ?? sql`null::int`}) as total, version, row
    from page order by n`;
}

/** A page of a list, and how many rows match in all. */
export interface Page<Row> {
  rows: Row[];
  total: number;
  limit: number;
  skip: number;
  /** The page reached its byte limit: more rows follow although it has fewer than `limit`. */
  truncated?: boolean;
  /** Where the next page begins; null on the last one. Absent if pages go by `skip` alone. */
  nextCursor?: string | null;
}

/** The requested page, by `cursor` or `skip`. */
export interface PageRequest {
  limit: number;
  skip: number;
  cursor?: string | undefined;
}

export interface List<Row, Presented> extends Pick<Selection, 'from' | 'where' | 'order' | 'extra'> {
  /** The columns that are times. */
  times: readonly (keyof Row & string)[];
  present: (row: Row) => Presented;
}

export const cursorWithSkip = () => invalid('cursor', 'cannot be combined with skip: give one of the two');

/** Counts and reads a page of a table. */
export async function readTablePage<Row, Presented>(
  db: Queryable,
  { limit, skip, cursor }: PageRequest,
  { times, present, ...list }: List<Row, Presented>,
): Promise<Page<Presented>> {
  if (cursor !== undefined && skip > 0) throw cursorWithSkip();
  const after = cursor === undefined ? undefined : afterCursor(list.order, cursor);
  const count = sql`select count(*)::int from ${sql.raw(list.from)} t where ${list.where}`;
  // The JSON of a table's row has exactly its columns.
  const rowOf = (json: JsonObject): Presented => present(withDates(json, times) as Row);
  const { rows, total, truncated, last } = await readRows(db, { ...list, count, after, limit, skip }, { rowOf });
  const nextCursor = last && formatCursor(list.order, last);
  return { rows, total, limit, skip, truncated, nextCursor };
}

/** A row that PostgreSQL returned as JSON, with its times as Dates. */
export function withDates(json: JsonObject, times: readonly string[]): unknown {
  const row: Record<string, unknown> = json;
  for (const column of times) {
    const text = row[column];
    if (typeof text === 'string') row[column] = new Date(text);
  }
  return row;
}

/** A page of small rows, by `skip` alone. */
export async function readPage<Row, Presented>(
  { limit, skip }: { limit: number; skip: number },
  find: (window: { take: number; skip: number }) => Promise<Row[]>,
  count: () => Promise<number>,
  present: (row: Row) => Presented,
): Promise<Page<Presented>> {
  const [rows, total] = await Promise.all([find({ take: limit, skip }), count()]);
  return { rows: rows.map(present), total, limit, skip };
}
