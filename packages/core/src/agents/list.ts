import { listQuery, type Agent } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { sql } from '../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../platform/page.ts';
import { presentAgent } from './present.ts';

/** Lists the workspace's agents, newest first. */
export async function listAgents(ctx: Context, input: unknown): Promise<Page<Agent>> {
  authorize(ctx, 'agents:read');
  const page = listQuery.parse(input);
  return readTablePage(ctx.db, page, {
    from: 'agents',
    where: sql`workspace_id = ${ctx.caller.workspaceId}::uuid`,
    order: NEWEST_FIRST,
    extra: sql`, coalesce(t.auto_approve_types, '{}') as auto_approve_types`, // Prisma writes no list as null
    times: ['created_at', 'updated_at'],
    present: presentAgent,
  });
}
