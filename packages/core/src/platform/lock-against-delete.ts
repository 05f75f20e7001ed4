import type { Transaction } from './db.ts';

const HOLD = {
  contact: {
    name: 'contact_hold',
    text: 'select 1 as held from contacts where id = $1::uuid and workspace_id = $2::uuid for key share',
  },
  company: {
    name: 'company_hold',
    text: 'select 1 as held from companies where id = $1::uuid and workspace_id = $2::uuid for key share',
  },
};

/** Keeps a contact or company from being deleted until the transaction ends; false = the workspace does not have it. */
export async function lockAgainstDelete(
  { query }: Pick<Transaction, 'query'>,
  kind: keyof typeof HOLD,
  { id, workspace_id }: { id: string; workspace_id: string },
): Promise<boolean> {
  return (await query(HOLD[kind], [id, workspace_id])).length > 0;
}
