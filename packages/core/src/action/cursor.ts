import { afterCursor, afterTerms, foreignCursor, formatCursor } from '../platform/cursor.ts';
import type { Queryable, Sql } from '../platform/db.ts';
import { parseId } from '../platform/ids.ts';
import { NEWEST_FIRST, type Order } from '../platform/page.ts';
import { statement } from '../platform/statement.ts';

const CREATED_AT = statement<{ id: string; workspace: string }, { at: string }>(
  'action_created_at',
  'select created_at::text as at from actions where id = :id::uuid and workspace_id = :workspace::uuid',
);

/**
 * Formats where the next page begins. By creation, that is the row's id alone: no action is deleted, and its creation
 * time never changes.
 */
export function formatActionCursor(order: Order, terms: readonly string[]): string {
  if (order.name !== NEWEST_FIRST.name) return formatCursor(order, terms);
  return Buffer.from((terms.at(-1) ?? '').replaceAll('-', ''), 'hex').toString('base64url');
}

/** Selects everything after the row that the cursor names. Throws INVALID. */
export async function afterAction(
  { db, caller }: { db: Queryable; caller: { workspaceId: string } },
  order: Order,
  cursor: string,
): Promise<Sql> {
  if (order.name !== NEWEST_FIRST.name) return afterCursor(order, cursor);
  const hex = /^[\w-]{22}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('hex') : '';
  const id = parseId('action', hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  const [row] = id ? await db.query(CREATED_AT, { id, workspace: caller.workspaceId }) : [];
  if (!id || !row) throw foreignCursor();
  return afterTerms(order, [row.at, id]);
}
