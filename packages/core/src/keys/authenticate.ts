import type { Actor, Role, Scope } from '@proviso/contracts';
import type { Caller } from '../context.ts';
import type { Database, Statement } from '../db.ts';
import { AppError, invalid, notFound } from '../errors.ts';
import { isUuid, showId } from '../ids.ts';
import { hashToken } from './token.ts';

/** A bound token has its workspace, a personal one each of its person's. */
export const OF_MEMBER = 'm.user_id = k.user_id and m.workspace_id = coalesce(k.workspace_id, m.workspace_id)';
export const ALIVE = 'k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())';

/** Read at every request, so that a revocation holds at once in every process. A personal token has a row a workspace. */
const FIND: Statement = {
  name: 'token_find',
  text: `
    select k.id, k.workspace_id is null as personal, m.workspace_id, k.name as key_name, k.scopes,
      u.id as user_id, u.email, u.name as user_name, m.role,
      g.id as agent_id, g.name as agent_name, g.enabled as agent_enabled
    from api_keys k
    join users u on u.id = k.user_id
    join members m on ${OF_MEMBER}
    left join agents g on g.id = k.agent_id
    where k.token_hash = $1 and ${ALIVE}`,
};

interface Found {
  id: string;
  personal: boolean;
  workspace_id: string;
  key_name: string;
  scopes: Scope[];
  user_id: string;
  email: string;
  user_name: string;
  role: Role;
  agent_id: string | null;
  agent_name: string | null;
  agent_enabled: boolean | null;
}

/**
 * Who a token speaks for: one caller a workspace that it reaches, and at least one. Throws UNAUTHENTICATED: one body for
 * unknown, revoked, expired and malformed tokens.
 */
export async function authenticate(db: Database, token: string | undefined): Promise<Caller[]> {
  const rows = token ? await db.query<Found>(FIND, [hashToken(token)]) : [];
  if (rows.length === 0) throw new AppError('UNAUTHENTICATED', 'Send a valid API key: Authorization: Bearer pv_…');
  return rows.map(callerOf);
}

function callerOf(found: Found): Caller {
  const agent =
    found.agent_id && found.agent_name
      ? { id: found.agent_id, name: found.agent_name, enabled: found.agent_enabled ?? false }
      : null;
  return {
    tokenId: found.id,
    workspaceId: found.workspace_id,
    user: { id: found.user_id, email: found.email, name: found.user_name },
    role: found.role,
    scopes: found.scopes,
    agent,
    actor: actorOf(found, agent),
  };
}

/** The caller in the workspace that a request is about. Throws FORBIDDEN where the token does not reach. */
export function callerIn(callers: readonly Caller[], workspaceId: string): Caller {
  const caller = callers.find((one) => one.workspaceId === workspaceId.toLowerCase());
  if (caller) return caller;
  throw new AppError('FORBIDDEN', 'The token does not reach this workspace.');
}

const HEADER = 'X-Workspace-Id';

/** The caller in the workspace that the header names, needed with a personal token of several. Throws INVALID, NOT_FOUND. */
export function chooseCaller(callers: readonly Caller[], workspace?: string): Caller {
  const [only] = callers;
  if (workspace !== undefined) {
    if (!isUuid(workspace)) throw invalid(HEADER, 'is not the id of a workspace');
    const named = callers.find(({ workspaceId }) => workspaceId === workspace.toLowerCase());
    if (named) return named;
    throw notFound('workspace');
  }
  if (only && callers.length === 1) return only;
  throw invalid(HEADER, 'is required with a personal token of several workspaces');
}

function actorOf(found: Found, agent: Caller['agent']): Actor {
  if (agent) return { kind: 'agent', id: showId('agent', agent.id), name: agent.name };
  if (found.personal) return { kind: 'member', id: showId('user', found.user_id), name: found.user_name };
  return { kind: 'api_key', id: showId('key', found.id), name: found.key_name };
}
