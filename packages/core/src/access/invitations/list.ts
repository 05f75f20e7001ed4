import { pageQuery, type Invitation } from '@proviso/contracts';
import { authorizePeople, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { databaseNow, presentInvitation } from './present.ts';

/** Lists the workspace's invitations, newest first, including accepted, revoked and expired ones. */
export async function listInvitations(ctx: Context, input: unknown): Promise<Page<Invitation>> {
  authorizePeople(ctx);
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId };
  const { invitations } = ctx.db.tables;
  const now = await databaseNow(ctx.db);
  return readPage(
    page,
    (window) => invitations.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => invitations.count({ where }),
    (row) => presentInvitation(row, now),
  );
}
