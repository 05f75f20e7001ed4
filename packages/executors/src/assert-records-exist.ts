import { AppError, type ReadableRecords, type GuardResult } from '@proviso/core/executor';

export interface Named {
  contact_id?: string | undefined;
  company_id?: string | undefined;
}

/** The first record that the params name and the workspace does not have. */
async function missingIn({ contact_id, company_id }: Named, records: ReadableRecords) {
  if (contact_id !== undefined && !(await records.contact(contact_id))) return 'contact';
  if (company_id !== undefined && !(await records.company(company_id))) return 'company';
  return undefined;
}

/** For `resolve`: the workspace must have what the params name. Throws INVALID at its id. */
export async function assertRecordsExist(params: Named, records: ReadableRecords): Promise<void> {
  const missing = await missingIn(params, records);
  if (!missing) return;
  const message = `no such ${missing} in this workspace`;
  throw new AppError('INVALID', `There is no such ${missing}.`, [{ path: `params.${missing}_id`, message }]);
}

/** For `guard`: what the params name may have been deleted. */
export async function guardRecordsExist(params: Named, records: ReadableRecords): Promise<GuardResult> {
  const missing = await missingIn(params, records);
  return missing ? { kind: 'refused', message: `The ${missing} no longer exists.` } : { kind: 'ok' };
}
