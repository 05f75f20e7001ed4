import type { Transaction } from '../../platform/db.ts';
import { statement } from '../../platform/statement.ts';

const TOMBSTONE = '[erased]';

interface Params {
  workspace: string;
  pattern: string;
}

/** Deletes a contact with its notes, tasks, messages and history. */
const DELETE_CONTACT = statement<{ workspace: string; contact: string | null; email: string }, { id: string }>(
  'erasure_delete_contact',
  `
    delete from contacts where workspace_id = :workspace::uuid and (id = :contact::uuid or email = :email)
    returning id`,
);

const replaced = (column: string): string => `${column} = regexp_replace(${column}, :pattern, '${TOMBSTONE}', 'gi')`;

/** Replaces the address in the texts of other records. */
const replaceIn = (table: string, columns: readonly string[]) =>
  statement<Params, { id: string }>(
    `erasure_replace_in_${table}`,
    `
    update ${table} set ${columns.map(replaced).join(', ')}
    where workspace_id = :workspace::uuid and concat_ws(' ', ${columns.join(', ')}) ~* :pattern returning id`,
  );

const REPLACE = [
  replaceIn('notes', ['content']),
  replaceIn('tasks', ['title', 'description']),
  replaceIn('email_threads', ['subject']),
  replaceIn('email_messages', ['"from"', 'subject', 'text']),
  statement<Params, { id: string }>(
    'erasure_replace_in_recipients',
    `
    update email_messages set "to" = array(select regexp_replace(address, :pattern, '${TOMBSTONE}', 'gi') from unnest("to") address)
    where workspace_id = :workspace::uuid and array_to_string("to", ' ') ~* :pattern returning id`,
  ),
];

interface Erased {
  workspace_id: string;
  contact_id: string | null;
  email: string;
}

/** Deletes the contact, and removes the address from what belongs to others. Returns how many records it changed. */
export async function eraseRecords(
  tx: Transaction,
  { workspace_id: workspace, contact_id: contact, email }: Erased,
  pattern: string,
): Promise<number> {
  let changed = (await tx.query(DELETE_CONTACT, { workspace, contact, email })).length;
  for (const replace of REPLACE) changed += (await tx.query(replace, { workspace, pattern })).length;
  return changed;
}
