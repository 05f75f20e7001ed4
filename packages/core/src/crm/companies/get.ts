import type { Company } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import type { companies } from '../../generated/client.ts';
import { parseId } from '../../platform/ids.ts';
import { presentCompany } from './present.ts';

/** The company with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getCompanyInWorkspace(ctx: Context, id: string): Promise<companies> {
  const uuid = parseId('company', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  const company = uuid ? await ctx.db.tables.companies.findFirst({ where }) : null;
  if (!company) throw notFound('company');
  return company;
}

export async function getCompany(ctx: Context, id: string): Promise<Company> {
  authorize(ctx, 'companies:read');
  return presentCompany(await getCompanyInWorkspace(ctx, id));
}
