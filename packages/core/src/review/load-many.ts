import type { Context } from '../access/context.ts';
import { afterTerms } from '../platform/cursor.ts';
import { sql } from '../platform/db.ts';
import type { Order } from '../platform/page.ts';
import type { ActionRow } from '../action/row.ts';
import { selectPage } from '../action/select.ts';

/** One request may load rows of up to 8 MiB. */
const PAGES_MAX = 4;
export const LOADED_MIB = 8;

const BY_ID: Order = { name: 'id', direction: 'asc', terms: [{ sql: 't.id', type: 'uuid' }] };

export interface Loaded {
  /** By id. */
  rows: Map<string, ActionRow>;
  /** Rows with a greater id were not read, because together they are too large; null = all were read. */
  upTo: string | null;
}

/**
 * Loads the caller's workspace's actions with these ids, as many as fit into one request, in the order of their ids.
 */
export async function loadMany(ctx: Context, ids: readonly string[]): Promise<Loaded> {
  const where = sql`workspace_id = ${ctx.caller.workspaceId}::uuid and id = any(${[...ids]}::uuid[])`;
  const rows = new Map<string, ActionRow>();
  let last: readonly string[] | null = null;
  for (let page = 0; page < PAGES_MAX && (page === 0 || last); page += 1) {
    const after = last ? afterTerms(BY_ID, last) : undefined;
    const found = await selectPage(ctx.db, { where, order: BY_ID, after, limit: ids.length });
    for (const row of found.actions) rows.set(row.id, row);
    ({ last } = found);
  }
  return { rows, upTo: last?.[0] ?? null };
}
