import { pageQuery, type LifecycleChange } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { getContactInWorkspace } from './get.ts';
import { showLifecycleChange } from './show.ts';

/** How a contact's lifecycle stage came about, the last change first. */
export async function listContactLifecycle(
  ctx: Context,
  contactId: string,
  input: unknown,
): Promise<Page<LifecycleChange>> {
  authorize(ctx, 'contacts:read');
  const page = pageQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  const where = { contact_id: contact.id };
  const changes = ctx.db.tables.lifecycle_changes;
  return readPage(
    page,
    (window) => changes.findMany({ where, orderBy: [{ at: 'desc' }, { id: 'desc' }], ...window }),
    () => changes.count({ where }),
    showLifecycleChange,
  );
}
