import { assertUnused } from '../../action/assert-unused.ts';
import { authorize, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import { formatId } from '../../platform/ids.ts';
import { getCompanyInWorkspace } from './get.ts';

/**
 * Deletes a company with everything that belongs to it, and returns its id. Throws CONFLICT while open actions name it.
 */
export async function deleteCompany(ctx: Context, id: string): Promise<string> {
  authorize(ctx, 'companies:write');
  const { id: uuid, workspace_id } = await getCompanyInWorkspace(ctx, id);
  await ctx.db.transaction(async ({ tables }) => {
    await assertUnused(tables, 'company', { workspace_id, company_id: uuid });
    const { count } = await tables.companies.deleteMany({ where: { id: uuid, workspace_id } });
    if (count === 0) throw notFound('company');
  });
  return formatId('company', uuid);
}
