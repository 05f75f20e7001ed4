import { createCompanyBody, type Company } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { AppError } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId } from '../../platform/ids.ts';
import { presentCompany } from './present.ts';

/** Adds a company. Throws CONFLICT if the workspace already has the domain. */
export async function createCompany(ctx: Context, input: unknown): Promise<Company> {
  authorize(ctx, 'companies:write');
  const { name = null, domain, properties = {} } = createCompanyBody.parse(input);
  const data = {
    id: newId(),
    workspace_id: ctx.caller.workspaceId,
    name,
    domain: domain?.toLowerCase() ?? null,
    properties,
  };
  try {
    return await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) =>
      presentCompany(await tx.tables.companies.create({ data })),
    );
  } catch (error) {
    throw isDuplicate(error) ? duplicateDomain() : error;
  }
}

export const duplicateDomain = (): AppError =>
  new AppError('CONFLICT', 'A company with this domain already exists.', [{ path: 'domain', message: 'is taken' }]);
