import type { Queryable } from '../platform/db.ts';
import { lookUp } from '../platform/statement.ts';
import type { agents } from '../generated/client.ts';

/** What decides how an agent's proposals are treated. */
export type ProposingAgent = Pick<agents, 'id' | 'enabled' | 'approval' | 'auto_approve_types' | 'identity_id'>;

const FIND = lookUp<{ id: string; workspace: string }, ProposingAgent>(
  'agent_find',
  { id: 'uuid', workspace: 'uuid' },
  `
    select g.id, g.enabled, g.approval, coalesce(g.auto_approve_types, '{}') as auto_approve_types, g.identity_id
    from agents g where g.id = :id::uuid and g.workspace_id = :workspace::uuid`,
);

/** The agent with that id in the workspace. */
export async function findAgent(db: Queryable, workspace: string, id: string): Promise<ProposingAgent | undefined> {
  const [found] = await db.query(FIND, { id, workspace });
  return found;
}
