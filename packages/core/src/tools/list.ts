import { listQuery, type Tool } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { sql } from '../platform/db.ts';
import { readTablePage, type Order, type Page } from '../platform/page.ts';
import { presentTool } from './present.ts';

const BY_NAME: Order = { name: 'name', direction: 'asc', terms: [{ sql: 't.name', type: 'text' }] };

/** Lists the workspace's tools by name. */
export async function listTools(ctx: Context, input: unknown): Promise<Page<Tool>> {
  authorize(ctx, 'workspace:admin');
  const page = listQuery.parse(input);
  return readTablePage(ctx.db, page, {
    from: 'tools',
    where: sql`workspace_id = ${ctx.caller.workspaceId}::uuid and deleted_at is null`,
    order: BY_NAME,
    times: ['created_at', 'updated_at'],
    present: presentTool,
  });
}
