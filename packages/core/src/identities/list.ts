import { listQuery, type Identity } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { sql } from '../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../platform/page.ts';
import { presentIdentity } from './present.ts';

/** Lists the workspace's identities, newest first. */
export async function listIdentities(ctx: Context, input: unknown): Promise<Page<Identity>> {
  authorize(ctx, 'identities:read');
  const page = listQuery.parse(input);
  return readTablePage(ctx.db, page, {
    from: 'identities',
    where: sql`workspace_id = ${ctx.caller.workspaceId}::uuid and deleted_at is null`,
    order: NEWEST_FIRST,
    times: ['created_at', 'updated_at', 'verified_at', 'failing_since'],
    present: presentIdentity,
  });
}
