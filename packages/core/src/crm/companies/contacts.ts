import { listQuery, type Contact } from '@proviso/contracts';
import { presentContact } from '../contacts/present.ts';
import { authorize, type Context } from '../../access/context.ts';
import { sql } from '../../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../../platform/page.ts';
import { getCompanyInWorkspace } from './get.ts';

/** Lists a company's contacts, newest first. Also requires the right to read contacts. */
export async function listCompanyContacts(ctx: Context, companyId: string, input: unknown): Promise<Page<Contact>> {
  authorize(ctx, 'companies:read');
  authorize(ctx, 'contacts:read');
  const page = listQuery.parse(input);
  const company = await getCompanyInWorkspace(ctx, companyId);
  return readTablePage(ctx.db, page, {
    from: 'contacts',
    where: sql`workspace_id = ${company.workspace_id}::uuid and company_id = ${company.id}::uuid`,
    order: NEWEST_FIRST,
    times: ['created_at', 'updated_at', 'unsubscribed_at'],
    present: presentContact,
  });
}
