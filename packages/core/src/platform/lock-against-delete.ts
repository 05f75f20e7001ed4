import type { Transaction } from './db.ts';
import { statement } from './statement.ts';

const locking = (kind: string, table: string) =>
  statement<{ id: string; workspace: string }>(
    `${kind}_lock_against_delete`,
    `select 1 as locked from ${table} where id = :id::uuid and workspace_id = :workspace::uuid for key share`,
  );

const LOCKS = { contact: locking('contact', 'contacts'), company: locking('company', 'companies') };

/** Keeps a contact or company from being deleted until the transaction ends; false = the workspace does not have it. */
export async function lockAgainstDelete(
  { query }: Pick<Transaction, 'query'>,
  kind: keyof typeof LOCKS,
  { id, workspace_id }: { id: string; workspace_id: string },
): Promise<boolean> {
  return (await query(LOCKS[kind], { id, workspace: workspace_id })).length > 0;
}
