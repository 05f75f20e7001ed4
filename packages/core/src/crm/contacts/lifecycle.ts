import { listQuery, type LifecycleChange } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { sql } from '../../platform/db.ts';
import { newestFirst, readTablePage, type Page } from '../../platform/page.ts';
import { getContactInWorkspace } from './get.ts';
import { presentLifecycleChange } from './present.ts';

/** Lists the history of a contact's lifecycle stage, newest first. */
export async function listContactLifecycle(
  ctx: Context,
  contactId: string,
  input: unknown,
): Promise<Page<LifecycleChange>> {
  authorize(ctx, 'contacts:read');
  const page = listQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  return readTablePage(ctx.db, page, {
    from: 'lifecycle_changes',
    where: sql`contact_id = ${contact.id}::uuid`,
    order: newestFirst('at'),
    times: ['at'],
    present: presentLifecycleChange,
  });
}
