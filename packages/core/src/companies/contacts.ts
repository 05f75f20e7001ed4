import { pageQuery, type Contact } from '@proviso/contracts';
import { showContact } from '../contacts/show.ts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { getCompanyInWorkspace } from './get.ts';

/** A company's contacts, newest first; takes the right to read contacts too. */
export async function listCompanyContacts(ctx: Context, companyId: string, input: unknown): Promise<Page<Contact>> {
  authorize(ctx, 'companies:read');
  authorize(ctx, 'contacts:read');
  const page = pageQuery.parse(input);
  const company = await getCompanyInWorkspace(ctx, companyId);
  const where = { workspace_id: company.workspace_id, company_id: company.id };
  const { contacts } = ctx.db.tables;
  return readPage(
    page,
    (window) => contacts.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => contacts.count({ where }),
    showContact,
  );
}
