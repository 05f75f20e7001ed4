import type { Transaction } from '../../platform/db.ts';
import { statement } from '../../platform/statement.ts';

const LOCK_PERSON = statement<{ id: string }>(
  'person_lock',
  'select id from users where id = :id::uuid for no key update',
);
const LOCK_WORKSPACES = statement<{ person: string }, { id: string }>(
  'person_workspaces_lock',
  `
    select w.id from workspaces w join members m on m.workspace_id = w.id where m.user_id = :person::uuid
    order by w.id for no key update of w`,
);

/** Serialises changes of a person's credentials with changes of members in their workspaces. */
export async function lockPerson(tx: Transaction, personId: string): Promise<string[]> {
  await tx.query(LOCK_PERSON, { id: personId });
  return (await tx.query(LOCK_WORKSPACES, { person: personId })).map(({ id }) => id);
}
