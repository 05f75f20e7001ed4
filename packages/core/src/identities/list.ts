import { pageQuery, type Identity } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showIdentity } from './show.ts';

/** The workspace's identities, newest first. */
export async function listIdentities(ctx: Context, input: unknown): Promise<Page<Identity>> {
  authorize(ctx, 'identities:read');
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId, deleted_at: null };
  const { identities } = ctx.db.tables;
  return readPage(
    page,
    (window) => identities.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => identities.count({ where }),
    showIdentity,
  );
}
