import { pageQuery, type Reviewer } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { presentMember, WITH_USER } from './present.ts';

/** Lists the members who may decide, by name. Unlike listMembers, it needs no right to administrate and shows no address. */
export async function listReviewers(ctx: Context, input: unknown): Promise<Page<Reviewer>> {
  authorizeReviewing(ctx);
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId, role: { in: ['owner', 'admin', 'reviewer'] } };
  const { members } = ctx.db.tables;
  return readPage(
    page,
    (window) =>
      members.findMany({
        where,
        include: WITH_USER,
        orderBy: [{ user: { name: 'asc' } }, { user_id: 'asc' }],
        ...window,
      }),
    () => members.count({ where }),
    (row) => {
      const { user_id, name, role } = presentMember(row);
      return { user_id, name, role };
    },
  );
}
