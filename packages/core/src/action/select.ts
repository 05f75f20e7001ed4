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
