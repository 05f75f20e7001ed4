import { pageQuery, type Run } from '@proviso/contracts';
import { getAgentInWorkspace } from '../agents/get.ts';
import { showRun } from '../agents/show.ts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';

/** An agent's runs, newest first. */
export async function listRuns(ctx: Context, agentId: string, input: unknown): Promise<Page<Run>> {
  authorize(ctx, 'agents:read');
  const page = pageQuery.parse(input);
  const { id: agent_id } = await getAgentInWorkspace(ctx, agentId);
  const where = { agent_id };
  const { agent_runs } = ctx.db.tables;
  return readPage(
    page,
    (window) => agent_runs.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => agent_runs.count({ where }),
    showRun,
  );
}
