import type { Transaction } from '../db.ts';
import { invalid } from '../errors.ts';
import { lockAgainstDelete } from '../lock-against-delete.ts';
import { readId } from '../ids.ts';

/** The UUID of the company that a contact is to belong to. Throws INVALID at company_id unless it is of the workspace. */
export async function companyToBelongTo(tx: Transaction, workspace_id: string, companyId: string): Promise<string> {
  const id = readId('company', companyId);
  if (!id || !(await lockAgainstDelete(tx, 'company', { id, workspace_id })))
    throw invalid('company_id', 'is not a company in this workspace');
  return id;
}
