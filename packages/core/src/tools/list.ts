import { pageQuery, type Tool } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showTool } from './show.ts';

/** The workspace's tools, by name. */
export async function listTools(ctx: Context, input: unknown): Promise<Page<Tool>> {
  authorize(ctx, 'workspace:admin');
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId, deleted_at: null };
  const { tools } = ctx.db.tables;
  return readPage(
    page,
    (window) => tools.findMany({ where, orderBy: { name: 'asc' }, ...window }),
    () => tools.count({ where }),
    showTool,
  );
}
