import { listCompaniesQuery, type Company } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { sql } from '../../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../../platform/page.ts';
import { presentCompany } from './present.ts';

/** Lists the workspace's companies, newest first. `domain` finds one. */
export async function listCompanies(ctx: Context, input: unknown): Promise<Page<Company>> {
  authorize(ctx, 'companies:read');
  const { domain, ...page } = listCompaniesQuery.parse(input);
  return readTablePage(ctx.db, page, {
    from: 'companies',
    where: sql`workspace_id = ${ctx.caller.workspaceId}::uuid ${domain ? sql`and domain = ${domain.toLowerCase()}` : sql.empty}`,
    order: NEWEST_FIRST,
    times: ['created_at', 'updated_at'],
    present: presentCompany,
  });
}
