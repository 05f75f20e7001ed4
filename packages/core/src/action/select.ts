import { sql, type Queryable, type Sql } from '../platform/db.ts';
import { readRows, type Order } from '../platform/page.ts';
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

const IDENTITY_VERSION = sql`,
  (select i.config_version from identities i where i.id = t.identity_id) as identity_version`;

/** Reads a page of actions, bounded in bytes like every page. */
export async function selectActions(db: Queryable, selection: ActionSelection): Promise<SelectedActions> {
  const { actions, last, total, truncated } = await selectPage(db, selection);
  return { actions, total, truncated, nextCursor: last && formatActionCursor(selection.order, last) };
}

/** The same, with the sort terms of the last row; null = no row follows it. */
export async function selectPage(db: Queryable, { skip = 0, ...selection }: ActionSelection) {
  const { rows, ...page } = await readRows(db, { from: 'actions', extra: IDENTITY_VERSION, skip, ...selection });
  return { actions: rows.map((row) => rowFromJson(row)), ...page };
}
