import { lowerRole, scopesOf, type Actor, type KeyKind, type Role, type Scope } from '@proviso/contracts';
import type { Caller } from '../context.ts';
import type { Database, Queryable } from '../../platform/db.ts';
import { AppError, invalid, notFound } from '../../platform/errors.ts';
import { isUuid, formatId } from '../../platform/ids.ts';
import { isSessionToken } from '../sessions/token.ts';
import { hashToken } from './token.ts';
import { lookUp } from '../../platform/statement.ts';

/**
 * The memberships that a key reaches: all of its person's, or in its own workspace that of the member who answers for
 * it.
 */
export const KEY_REACH = `m.user_id = coalesce(k.person_id, k.made_by_person_id)
      and m.workspace_id = coalesce(k.workspace_id, m.workspace_id)`;
export const ACTIVE_KEY = 'k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())';

const FOUND = `
    select k.id, k.kind, m.workspace_id, m.workspace_id = k.home_workspace_id as is_home, k.name as key_name, k.scopes,
      k.role as key_role, k.decides, k.expires_at, m.user_id as answers_for_id, m.role as member_role,
      p.id as person_id, p.email, p.name as person_name,
      g.id as agent_id, g.name as agent_name, g.enabled as agent_enabled
    from api_keys k
    join members m on ${KEY_REACH}
    left join users p on p.id = k.person_id
    left join agents g on g.id = k.agent_id`;

/**
 * Read on every request, so that a revocation takes effect at once in every process. A personal credential has one row
 * per workspace.
 */
const FIND = lookUp<{ tokenHash: string }, Found>(
  'token_find',
  { tokenHash: 'text' },
  `${FOUND} where k.token_hash = :tokenHash and ${ACTIVE_KEY}`,
);
const FIND_CURRENT = lookUp<{ id: string; workspace: string }, Found>(
  'token_find_current',
  { id: 'uuid', workspace: 'uuid' },
  `${FOUND} where k.id = :id::uuid and m.workspace_id = :workspace::uuid and ${ACTIVE_KEY}`,
);

/**
 * A session acts as its person in each of their workspaces. It operates the instance if one of the person's credentials
 * does. Its home is the workspace they joined first.
 */
const FOUND_OF_SESSION = `
    select s.id, 'session' as kind, m.workspace_id, null as key_name, null as scopes, null as key_role, true as decides,
      m.workspace_id = (select h.workspace_id from members h where h.user_id = s.user_id
        order by h.created_at, h.workspace_id limit 1) as is_home,
      null as expires_at, m.user_id as answers_for_id, m.role as member_role,
      exists (select from api_keys k where k.person_id = s.user_id and 'instance:operate' = any(k.scopes) and ${ACTIVE_KEY}) as operates,
      p.id as person_id, p.email, p.name as person_name, null as agent_id, null as agent_name, null as agent_enabled
    from sessions s
    join members m on m.user_id = s.user_id
    join users p on p.id = s.user_id`;
const FIND_SESSION = lookUp<{ tokenHash: string }, Found>(
  'session_find',
  { tokenHash: 'text' },
  `${FOUND_OF_SESSION} where s.token_hash = :tokenHash and s.expires_at > statement_timestamp()`,
);
const FIND_CURRENT_SESSION = lookUp<{ id: string; workspace: string }, Found>(
  'session_find_current',
  { id: 'uuid', workspace: 'uuid' },
  `
    ${FOUND_OF_SESSION} where s.id = :id::uuid and m.workspace_id = :workspace::uuid and s.expires_at > statement_timestamp()`,
);

interface Found {
  id: string;
  kind: KeyKind | 'session';
  workspace_id: string;
  is_home: boolean | null;
  key_name: string;
  /** Null for a session: everything that the role allows. */
  scopes: Scope[] | null;
  /** For a session: it may operate the instance. */
  operates?: boolean;
  key_role: Role | null;
  decides: boolean;
  expires_at: Date | null;
  answers_for_id: string;
  member_role: Role;
  person_id: string | null;
  email: string | null;
  person_name: string | null;
  agent_id: string | null;
  agent_name: string | null;
  agent_enabled: boolean | null;
}

export const unauthenticated = (): AppError =>
  new AppError('UNAUTHENTICATED', 'Sign in, or send a valid API key: Authorization: Bearer pv_…');

/**
 * Returns one caller for each workspace that the token reaches, at least one. Throws UNAUTHENTICATED with one body for
 * unknown, revoked, expired and malformed tokens. Throws FORBIDDEN for the key of a disabled agent, which may do
 * nothing.
 */
export async function authenticate(db: Database, token: string | undefined): Promise<Caller[]> {
  const find = token && isSessionToken(token) ? FIND_SESSION : FIND;
  const rows = token ? await db.query(find, { tokenHash: hashToken(token) }) : [];
  if (rows.length === 0) throw unauthenticated();
  rows.forEach(assertEnabled);
  return rows.map(callerOf);
}

function assertEnabled({ agent_enabled }: Found): void {
  if (agent_enabled === false) throw new AppError('FORBIDDEN', 'The agent is disabled. An admin can enable it again.');
}

/**
 * Reads the caller again: inside a transaction that has locked what their right depends on, or after a slow call.
 * Throws UNAUTHENTICATED if the token ended since the request began, and FORBIDDEN for an agent that was disabled.
 */
export async function currentCaller(db: Queryable, { kind, tokenId, workspaceId }: Caller): Promise<Caller> {
  const find = kind === 'session' ? FIND_CURRENT_SESSION : FIND_CURRENT;
  const [row] = await db.query(find, { id: tokenId, workspace: workspaceId });
  if (row) {
    assertEnabled(row);
    return callerOf(row);
  }
  throw new AppError('UNAUTHENTICATED', 'The credential was just revoked, or has lost its access to the workspace.');
}

function callerOf(found: Found): Caller {
  const { agent_id, agent_name, person_id, kind } = found;
  const agent = agent_id ? { id: agent_id, name: agent_name ?? '', enabled: found.agent_enabled ?? false } : null;
  const person = person_id ? { id: person_id, email: found.email ?? '', name: found.person_name ?? '' } : null;
  return {
    tokenId: found.id,
    kind,
    workspaceId: found.workspace_id,
    person,
    answersForId: found.answers_for_id,
    isHome: found.is_home ?? false,
    expiresAt: found.expires_at,
    role: found.key_role ? lowerRole(found.key_role, found.member_role) : found.member_role,
    decides: kind === 'personal' || kind === 'session' || (kind === 'workspace' && found.decides),
    scopes: found.scopes ?? scopesOfSession(found),
    agent,
    actor: actorOf(found, { agent, person }),
  };
}

const scopesOfSession = ({ member_role, operates }: Found): Scope[] => [
  ...scopesOf(member_role),
  ...(operates && (member_role === 'owner' || member_role === 'admin') ? (['instance:operate'] as const) : []),
];

/** The caller in the workspace that a request is about. Throws FORBIDDEN if the token does not reach it. */
export function callerIn(callers: readonly Caller[], workspaceId: string): Caller {
  const caller = callers.find((one) => one.workspaceId === workspaceId.toLowerCase());
  if (caller) return caller;
  throw new AppError('FORBIDDEN', 'The token has no access to this workspace.');
}

const HEADER = 'X-Workspace-Id';

/**
 * Keeps the callers in the workspace that the header names; all of them without a header. Throws INVALID, NOT_FOUND.
 */
export function callersNamed(callers: readonly Caller[], workspace?: string): readonly Caller[] {
  if (workspace === undefined) return callers;
  if (!isUuid(workspace)) throw invalid(HEADER, 'is not the id of a workspace');
  const named = callers.filter(({ workspaceId }) => workspaceId === workspace.toLowerCase());
  if (named.length > 0) return named;
  throw notFound('workspace');
}

/**
 * Chooses the caller in the workspace that the header names; else in the only workspace, else in the credential's home.
 * Throws NOT_FOUND, and INVALID if the person has left that home and belongs to several others.
 */
export function chooseCaller(callers: readonly Caller[], workspace?: string): Caller {
  const named = callersNamed(callers, workspace);
  const [only] = named;
  const meant = named.length === 1 ? only : named.find(({ isHome }) => isHome);
  if (meant) return meant;
  const reached = named.map(({ workspaceId }) => workspaceId).join(', ');
  throw invalid(
    HEADER,
    `is required: you have left the home workspace of this credential. It has access to ${reached}`,
  );
}

function actorOf(found: Found, { agent, person }: Pick<Caller, 'agent' | 'person'>): Actor {
  if (agent) return { kind: 'agent', id: formatId('agent', agent.id), name: agent.name };
  if (person) return { kind: 'member', id: formatId('user', person.id), name: person.name };
  return { kind: 'api_key', id: formatId('key', found.id), name: found.key_name };
}
