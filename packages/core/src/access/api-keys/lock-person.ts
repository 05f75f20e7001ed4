import type { Transaction } from '../../platform/db.ts';

const LOCK_PERSON = { name: 'person_lock', text: 'select id from users where id = $1::uuid for no key update' };
const LOCK_WORKSPACES = {
  name: 'person_workspaces_lock',
  text: `
    select w.id from workspaces w join members m on m.workspace_id = w.id where m.user_id = $1::uuid
    order by w.id for no key update of w`,
};

/** Serialises changes of a person's credentials with changes of members in their workspaces. */
export async function lockPerson(tx: Transaction, personId: string): Promise<string[]> {
  await tx.query(LOCK_PERSON, [personId]);
  return (await tx.query<{ id: string }>(LOCK_WORKSPACES, [personId])).map(({ id }) => id);
}
