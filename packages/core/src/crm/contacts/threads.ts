import { listQuery, type EmailThread } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { sql } from '../../platform/db.ts';
import { newestFirst, readTablePage, type Page } from '../../platform/page.ts';
import { getContactInWorkspace } from './get.ts';
import { presentThread } from './present.ts';

/** Lists a contact's e-mail threads, the last active first. */
export async function listContactThreads(ctx: Context, contactId: string, input: unknown): Promise<Page<EmailThread>> {
  authorize(ctx, 'contacts:read');
  const page = listQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  return readTablePage(ctx.db, page, {
    from: 'email_threads',
    where: sql`contact_id = ${contact.id}::uuid`,
    order: newestFirst('updated_at'),
    times: ['created_at', 'updated_at'],
    present: presentThread,
  });
}
