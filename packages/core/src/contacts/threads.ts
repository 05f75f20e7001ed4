import { pageQuery, type EmailThread } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { getContactInWorkspace } from './get.ts';
import { showThread } from './show.ts';

/** A contact's e-mail threads, the last active first. */
export async function listContactThreads(ctx: Context, contactId: string, input: unknown): Promise<Page<EmailThread>> {
  authorize(ctx, 'contacts:read');
  const page = pageQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  const where = { contact_id: contact.id };
  const threads = ctx.db.tables.email_threads;
  return readPage(
    page,
    (window) => threads.findMany({ where, orderBy: [{ updated_at: 'desc' }, { id: 'desc' }], ...window }),
    () => threads.count({ where }),
    showThread,
  );
}
