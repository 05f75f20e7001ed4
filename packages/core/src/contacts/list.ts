import { listContactsQuery, type Contact } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showContact } from './show.ts';

/** The workspace's contacts, newest first; `email` finds one by its address. */
export async function listContacts(ctx: Context, input: unknown): Promise<Page<Contact>> {
  authorize(ctx, 'contacts:read');
  const { email, ...page } = listContactsQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId, ...(email && { email: email.toLowerCase() }) };
  const { contacts } = ctx.db.tables;
  return readPage(
    page,
    (window) => contacts.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => contacts.count({ where }),
    showContact,
  );
}
