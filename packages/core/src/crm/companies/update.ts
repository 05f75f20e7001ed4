import { updateCompanyBody, type Company } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import { changeCompany } from './change.ts';
import { duplicateDomain } from './create.ts';
import { getCompanyInWorkspace } from './get.ts';
import { presentCompany } from './present.ts';

/** Changes a company. Properties merge, and a null deletes one. It must keep a name or a domain. */
export async function updateCompany(ctx: Context, id: string, input: unknown): Promise<Company> {
  authorize(ctx, 'companies:write');
  const change = updateCompanyBody.parse(input);
  const { id: uuid, workspace_id } = await getCompanyInWorkspace(ctx, id);
  try {
    return await ctx.db.transaction(async (tx) => {
      const { after } = await changeCompany(tx, { id: uuid, workspace_id }, change);
      if (after.name === null && after.domain === null)
        throw invalid(
          change.name === null ? 'name' : 'domain',
          'cannot be removed: a company needs a name or a domain',
        );
      return presentCompany(after);
    });
  } catch (error) {
    throw isDuplicate(error) ? duplicateDomain() : error;
  }
}
