import { pageQuery, type Workspace } from '@proviso/contracts';
import { authorizePeople, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { presentWorkspace, WITH_WORKSPACE } from './present.ts';

/** Lists the workspaces that the caller belongs to, newest first. */
export async function listWorkspaces(ctx: Context, input: unknown): Promise<Page<Workspace>> {
  const person = authorizePeople(ctx);
  const page = pageQuery.parse(input);
  const where = { user_id: person.id };
  const { members } = ctx.db.tables;
  return readPage(
    page,
    (window) =>
      members.findMany({
        where,
        include: WITH_WORKSPACE,
        orderBy: [{ workspace: { created_at: 'desc' } }, { workspace_id: 'desc' }],
        ...window,
      }),
    () => members.count({ where }),
    presentWorkspace,
  );
}
