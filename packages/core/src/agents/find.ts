import type { Queryable } from '../platform/db.ts';
import { lookUp } from '../platform/statement.ts';
import type { agents } from '../generated/client.ts';

/** What decides how an agent's proposals are treated. */
export type ProposingAgent = Pick<agents, 'id' | 'enabled' | 'approval' | 'auto_approve_types' | 'identity_id'>;

const FIND = lookUp<{ id: string }, ProposingAgent>(
  'agent_find',
  { id: 'uuid' },
  `
    select g.id, g.enabled, g.approval, coalesce(g.auto_approve_types, '{}') as auto_approve_types, g.identity_id
    from agents g where g.id = :id::uuid`,
);

/** The agent with that id, which the caller knows to be of the workspace. */
export async function findAgent(db: Queryable, id: string): Promise<ProposingAgent | undefined> {
  const [found] = await db.query(FIND, { id });
  return found;
}
