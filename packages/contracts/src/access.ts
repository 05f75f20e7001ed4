import { z } from 'zod';

export const SCOPES = [
  'actions:read',
  'actions:write',
  'contacts:read',
  'contacts:write',
  'companies:read',
  'companies:write',
  'identities:read',
  'identities:write',
  'agents:read',
  'agents:write',
  'agents:trigger',
  'agents:approve',
  'workspace:admin',
  'instance:operate',
] as const;
export type Scope = (typeof SCOPES)[number];

/** From the one that may do most to the one that may do least. */
export const ROLES = ['owner', 'admin', 'reviewer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** The one of two roles that may do less. */
export const lesserRole = (one: Role, other: Role): Role => (ROLES.indexOf(one) > ROLES.indexOf(other) ? one : other);

/** Every scope that a role can use in a workspace; `instance:operate` reaches beyond it. */
export function scopesOf(role: Role): Scope[] {
  const reading = SCOPES.filter((scope) => scope.endsWith(':read'));
  if (role === 'viewer') return reading;
  if (role === 'reviewer') return [...reading, 'actions:write', 'agents:approve'];
  return SCOPES.filter((scope) => scope !== 'instance:operate');
}

export const KEY_KINDS = ['personal', 'workspace', 'agent'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Who did it. Taken from the token, never from a body. */
export const actor = z
  .object({ kind: z.enum(['api_key', 'member', 'agent', 'system']), id: z.string(), name: z.string() })
  .meta({ id: 'Actor' });
export type Actor = z.output<typeof actor>;

export const authStatusReply = z
  .object({
    status: z.literal('success'),
    authenticated: z.literal(true),
    auth_type: z.enum(['personal', 'workspace_key', 'agent_key']),
    key_id: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    /** What counts in this workspace: of a key, the lesser of its own role and its maker's. */
    role: z.enum(ROLES),
    /** Whether it may approve and reject at all. */
    decides: z.boolean(),
    /** Null = a key, which speaks for nobody. */
    user: z.object({ user_id: z.string(), email: z.string(), name: z.string(), role: z.enum(ROLES) }).nullable(),
    workspace_id: z.string(),
    agent_id: z.string().nullable(),
  })
  .meta({ id: 'AuthStatus' });
