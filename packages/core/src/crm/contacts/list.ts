import { addressKey, listContactsQuery, type Contact } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { sql } from '../../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../../platform/page.ts';
import { presentContact } from './present.ts';

/** Lists the workspace's contacts, newest first. `email` finds one. */
export async function listContacts(ctx: Context, input: unknown): Promise<Page<Contact>> {
  authorize(ctx, 'contacts:read');
  const { email, ...page } = listContactsQuery.parse(input);
  return readTablePage(ctx.db, page, {
    from: 'contacts',
    where: sql`workspace_id = ${ctx.caller.workspaceId}::uuid ${email ? sql`and email = ${addressKey(email)}` : sql.empty}`,
    order: NEWEST_FIRST,
    times: ['created_at', 'updated_at', 'unsubscribed_at'],
    present: presentContact,
  });
}
