import type { Transaction } from '../../platform/db.ts';
import { invalid } from '../../platform/errors.ts';
import { lockAgainstDelete } from '../../platform/lock-against-delete.ts';
import { parseId } from '../../platform/ids.ts';

/**
 * The UUID of the company that the contact will belong to. Throws INVALID at company_id unless the workspace has it.
 */
export async function resolveCompany(tx: Transaction, workspace_id: string, companyId: string): Promise<string> {
  const id = parseId('company', companyId);
  if (!id || !(await lockAgainstDelete(tx, 'company', { id, workspace_id })))
    throw invalid('company_id', 'is not a company in this workspace');
  return id;
}
