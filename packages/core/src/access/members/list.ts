import { pageQuery, type Member } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { presentMember, WITH_USER } from './present.ts';

/** Lists the people of the workspace, newest first. */
export async function listMembers(ctx: Context, input: unknown): Promise<Page<Member>> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId };
  const { members } = ctx.db.tables;
  return readPage(
    page,
    (window) =>
      members.findMany({
        where,
        include: WITH_USER,
        orderBy: [{ created_at: 'desc' }, { user_id: 'desc' }],
        ...window,
      }),
    () => members.count({ where }),
    presentMember,
  );
}
