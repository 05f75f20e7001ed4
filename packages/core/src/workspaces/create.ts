import { createWorkspaceBody, type Workspace } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { once } from '../idempotency.ts';
import { newId } from '../ids.ts';
import { showWorkspace, WITH_WORKSPACE } from './show.ts';

/** Makes a workspace of the caller's own. */
export async function createWorkspace(ctx: Context, input: unknown): Promise<Workspace> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { name } = createWorkspaceBody.parse(input);
  return once(ctx.db, ctx.idempotency, async ({ tables }) => {
    const { id } = await tables.workspaces.create({ data: { id: newId(), name } });
    const data = { workspace_id: id, user_id: ctx.caller.user.id, role: 'owner' };
    return showWorkspace(await tables.members.create({ data, include: WITH_WORKSPACE }));
  });
}
