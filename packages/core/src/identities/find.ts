import type { Queryable } from '../platform/db.ts';
import { lookUp } from '../platform/statement.ts';
import type { identities } from '../generated/client.ts';

const FIND = lookUp<{ id: string; workspace: string }, identities>(
  'identity_find',
  { id: 'uuid', workspace: 'uuid' },
  'select i.* from identities i where i.id = :id::uuid and i.workspace_id = :workspace::uuid',
);

/** The identity with that id in the workspace, also a deleted one. */
export async function findIdentity(db: Queryable, workspaceId: string, id: string): Promise<identities | undefined> {
  const [found] = await db.query(FIND, { id, workspace: workspaceId });
  return found;
}
