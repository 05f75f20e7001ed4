import { pageQuery, type View } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { presentView } from './present.ts';

/** Lists the caller's own views and those that are shared, by name. */
export async function listViews(ctx: Context, input: unknown): Promise<Page<View>> {
  const person = authorizeReviewing(ctx);
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId, OR: [{ user_id: person.id }, { shared: true }] };
  const { views } = ctx.db.tables;
  return readPage(
    page,
    (window) => views.findMany({ where, orderBy: [{ name: 'asc' }, { id: 'asc' }], ...window }),
    () => views.count({ where }),
    (row) => presentView(ctx.caller, row),
  );
}
