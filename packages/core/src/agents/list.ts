import { pageQuery, type Agent } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showAgent } from './show.ts';

/** The workspace's agents, newest first. */
export async function listAgents(ctx: Context, input: unknown): Promise<Page<Agent>> {
  authorize(ctx, 'agents:read');
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId };
  const { agents } = ctx.db.tables;
  return readPage(
    page,
    (window) => agents.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => agents.count({ where }),
    showAgent,
  );
}
