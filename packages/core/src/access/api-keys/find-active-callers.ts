import type { Caller } from '../context.ts';
import type { Queryable } from '../../platform/db.ts';
import { ACTIVE_KEY, KEY_REACH } from './authenticate.ts';
import { statement } from '../../platform/statement.ts';

const FIND_ACTIVE_KEYS = statement<{ ids: string[] }, Reached>(
  'token_find_active',
  `
    select k.id, m.workspace_id from api_keys k join members m on ${KEY_REACH} left join agents g on g.id = k.agent_id
    where k.id = any(:ids::uuid[]) and ${ACTIVE_KEY} and g.enabled is not false`,
);

const FIND_ACTIVE_SESSIONS = statement<{ ids: string[] }, Reached>(
  'session_find_active',
  `
    select s.id, m.workspace_id from sessions s join members m on m.user_id = s.user_id
    where s.id = any(:ids::uuid[]) and s.expires_at > statement_timestamp()`,
);

/** Keeps the callers whose token or session is still valid in their workspace, with one query per kind. */
export async function findActiveCallers(db: Queryable, callers: ReadonlySet<Caller>): Promise<Set<Caller>> {
  const keyOf = (tokenId: string, workspaceId: string): string => `${tokenId} ${workspaceId}`;
  const ask = async (find: typeof FIND_ACTIVE_KEYS, ofSessions: boolean): Promise<Reached[]> => {
    const meant = [...callers].filter(({ kind }) => (kind === 'session') === ofSessions);
    const ids = [...new Set(meant.map(({ tokenId }) => tokenId))];
    return ids.length > 0 ? db.query(find, { ids }) : [];
  };
  const rows = [...(await ask(FIND_ACTIVE_KEYS, false)), ...(await ask(FIND_ACTIVE_SESSIONS, true))];
  const active = new Set(rows.map(({ id, workspace_id }) => keyOf(id, workspace_id)));
  return new Set([...callers].filter(({ tokenId, workspaceId }) => active.has(keyOf(tokenId, workspaceId))));
}

interface Reached {
  id: string;
  workspace_id: string;
}
