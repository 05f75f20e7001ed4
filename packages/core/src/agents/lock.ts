import type { Context } from '../access/context.ts';
import type { Transaction } from '../platform/db.ts';
import { notFound } from '../platform/errors.ts';
import type { agents } from '../generated/client.ts';
import { statement } from '../platform/statement.ts';

const LOCK = statement<{ id: string }>('agent_lock', 'select id from agents where id = :id::uuid for update');

/** Reads and locks the agent until the transaction ends: no key is created for it and no run starts. */
export async function lockAgent(tx: Transaction, { caller }: Context, id: string): Promise<agents> {
  await tx.query(LOCK, { id });
  const agent = await tx.tables.agents.findFirst({ where: { id, workspace_id: caller.workspaceId } });
  if (!agent) throw notFound('agent');
  return agent;
}
