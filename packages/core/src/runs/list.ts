import { listQuery, type Run } from '@proviso/contracts';
import { getAgentInWorkspace } from '../agents/get.ts';
import { presentRun } from '../agents/present.ts';
import { authorize, type Context } from '../access/context.ts';
import { sql } from '../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../platform/page.ts';

/** Lists an agent's runs, newest first. */
export async function listRuns(ctx: Context, agentId: string, input: unknown): Promise<Page<Run>> {
  authorize(ctx, 'agents:read');
  const page = listQuery.parse(input);
  const { id: agent_id } = await getAgentInWorkspace(ctx, agentId);
  return readTablePage(ctx.db, page, {
    from: 'agent_runs',
    where: sql`agent_id = ${agent_id}::uuid`,
    order: NEWEST_FIRST,
    times: ['created_at', 'updated_at'],
    present: presentRun,
  });
}
