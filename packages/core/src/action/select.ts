import { sql, type Queryable, type Sql } from '../platform/db.ts';
import { createPageMemory, readRows, type Order, type PageMemory } from '../platform/page.ts';
import { formatActionCursor } from './cursor.ts';
import { rowFromJson, type ActionRow } from './row.ts';

export interface ActionSelection {
  where: Sql;
  order: Order;
  after?: Sql | undefined;
  limit: number;
  skip?: number;
  /** Counts all matches. */
  count?: Sql;
}

export interface SelectedActions {
  actions: ActionRow[];
  /** The result of `count`, in the page's snapshot; 0 without one. */
  total: number;
  /** The page reached its byte limit: more rows follow although it has fewer than `limit`. */
  truncated: boolean;
  /** Where the next page begins; null on the last one. */
  nextCursor: string | null;
}

/** A total is exact up to here: counting more would cost more than reading the page. */
export const TOTAL_MAX = 10_000;

/**
 * Counts the matches in the order of an index. Otherwise PostgreSQL may read the whole table for half a workspace's
 * rows.
 */
export const countUpTo = (where: Sql): Sql => sql`
    select count(*)::int from (
      select from actions t where ${where} order by t.created_at desc, t.id desc limit ${TOTAL_MAX + 1}::int
    ) c`;

/** What `countUpTo` found. */
export const totalOf = ({ total }: Pick<SelectedActions, 'total'>) => ({
  total: Math.min(total, TOTAL_MAX),
  totalIsEstimate: total > TOTAL_MAX,
});

const IDENTITY_VERSION = sql`
  (select i.config_version from identities i where i.id = t.identity_id)`;
/** A new version of a row has another place, or was written by another transaction. */
const ROW_VERSION = sql`
  concat_ws(' ', t.ctid, t.xmin, ${IDENTITY_VERSION})`;

/** Rows that lists keep per process. Most lists are asked for again and again, and few of their rows change meanwhile. */
const MEMORY_BYTES = 4 * 1024 * 1024;
const memories = new WeakMap<Queryable, PageMemory<ActionRow>>();

function memoryOf(db: Queryable): PageMemory<ActionRow> {
  const memory = memories.get(db) ?? createPageMemory(MEMORY_BYTES);
  memories.set(db, memory);
  return memory;
}

/** Reads a page of actions, bounded in bytes like every page. A row that has not changed is the same object again. */
export async function selectActions(db: Queryable, selection: ActionSelection): Promise<SelectedActions> {
  const { actions, last, total, truncated } = await selectPage(db, selection, memoryOf(db));
  return { actions, total, truncated, nextCursor: last && formatActionCursor(selection.order, last) };
}

/** The same, with the sort terms of the last row; null = no row follows it. */
export async function selectPage(
  db: Queryable,
  { skip = 0, ...selection }: ActionSelection,
  memory?: PageMemory<ActionRow>,
) {
  const extra = sql`,
  ${IDENTITY_VERSION} as identity_version`;
  const { rows, ...page } = await readRows(
    db,
    { from: 'actions', extra, version: ROW_VERSION, skip, ...selection },
    { rowOf: (json) => Object.freeze(rowFromJson(json)), ...(memory && { memory }) },
  );
  return { actions: rows, ...page };
}
