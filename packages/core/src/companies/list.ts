import { listCompaniesQuery, type Company } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showCompany } from './show.ts';

/** The workspace's companies, newest first; `domain` finds one by its domain. */
export async function listCompanies(ctx: Context, input: unknown): Promise<Page<Company>> {
  authorize(ctx, 'companies:read');
  const { domain, ...page } = listCompaniesQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId, ...(domain && { domain: domain.toLowerCase() }) };
  const { companies } = ctx.db.tables;
  return readPage(
    page,
    (window) => companies.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => companies.count({ where }),
    showCompany,
  );
}
