import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { readId } from '../ids.ts';

/** A cursor is the id of the last row seen: the time of its creation never changes, and no row is deleted. */
export const showCursor = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

/** Where the page behind a cursor begins, in the order of creation. Throws INVALID. */
export async function readCursor(ctx: Context, cursor: string, direction: 'asc' | 'desc') {
  const hex = /^[\w-]{22}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('hex') : '';
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const where = { id, workspace_id: ctx.caller.workspaceId };
  const row = readId('action', id) && (await ctx.db.tables.actions.findFirst({ where, select: { created_at: true } }));
  if (!row) throw invalid('cursor', 'is not the cursor of a page of this list');
  // The database keeps microseconds, a Date milliseconds: the bound, which lets the index begin there, is a little wide,
  // and the row itself says where exactly the page begins.
  const at = row.created_at.getTime();
  return {
    id,
    // Left out by its id, not skipped: it may have left the filter meanwhile.
    bound: { id: { not: id }, created_at: direction === 'desc' ? { lt: new Date(at + 1) } : { gte: new Date(at) } },
  };
}
