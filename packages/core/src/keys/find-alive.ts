import type { Caller } from '../context.ts';
import type { Queryable, Statement } from '../db.ts';
import { ALIVE, OF_MEMBER } from './authenticate.ts';

/** $1 tokens. */
const FIND_ALIVE: Statement = {
  name: 'token_find_alive',
  text: `
    select k.id, m.workspace_id from api_keys k join members m on ${OF_MEMBER} left join agents g on g.id = k.agent_id
    where k.id = any($1::uuid[]) and ${ALIVE} and g.enabled is not false`,
};

/** Those of the callers whose token is still good in their workspace, by one query for all. */
export async function findAlive(db: Queryable, callers: ReadonlySet<Caller>): Promise<Set<Caller>> {
  const keyOf = (tokenId: string, workspaceId: string): string => `${tokenId} ${workspaceId}`;
  const tokens = [...new Set([...callers].map(({ tokenId }) => tokenId))];
  const rows = await db.query<{ id: string; workspace_id: string }>(FIND_ALIVE, [tokens]);
  const alive = new Set(rows.map(({ id, workspace_id }) => keyOf(id, workspace_id)));
  return new Set([...callers].filter(({ tokenId, workspaceId }) => alive.has(keyOf(tokenId, workspaceId))));
}
