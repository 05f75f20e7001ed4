import { z } from 'zod';
import { ok } from './fields.ts';
import { prefixedId, bareUuid } from './ids.ts';

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
export const scopeName = z.enum(SCOPES).meta({ id: 'Scope', description: 'What a credential may do.' });

/** From the most powerful role to the least. */
export const ROLES = ['owner', 'admin', 'reviewer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];
export const roleName = z.enum(ROLES).meta({
  id: 'Role',
  description: 'Roles in a workspace, from the most powerful to the least.',
});

/** The lower of two roles. */
export const lowerRole = (one: Role, other: Role): Role => (ROLES.indexOf(one) > ROLES.indexOf(other) ? one : other);

/** Every scope that a role can use in a workspace; `instance:operate` reaches beyond it. */
export function scopesOf(role: Role): Scope[] {
  const reading = SCOPES.filter((scope) => scope.endsWith(':read'));
  if (role === 'viewer') return reading;
  if (role === 'reviewer') return [...reading, 'actions:write', 'agents:approve'];
  return SCOPES.filter((scope) => scope !== 'instance:operate');
}

export const KEY_KINDS = ['personal', 'workspace', 'agent'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];
export const keyKind = z.enum(KEY_KINDS).meta({ id: 'KeyKind', description: 'Who a credential belongs to.' });

/** Who did it. It comes from the token, never from a body. */
export const actor = z
  .object({
    kind: z
      .enum(['api_key', 'member', 'agent', 'system'])
      .describe('A key, a member, an agent, or the service itself.'),
    id: z.string().describe('Its id.'),
    name: z.string().describe('Its name, for people.'),
  })
  .meta({ id: 'Actor', description: 'Who did it. Taken from the token, never from a request body.' });
export type Actor = z.output<typeof actor>;

export const authStatusReply = z
  .object({
    status: ok,
    authenticated: z.literal(true).describe('Always true: an invalid token gets 401.'),
    auth_type: z
      .enum(['personal', 'session', 'workspace_key', 'agent_key'])
      .describe('What kind of credential it is. `session` is a person who is signed in with a browser.'),
    key_id: prefixedId('key').nullable().describe('Its id; null = a session.'),
    scopes: z.array(scopeName).describe('The scopes that apply in this workspace.'),
    role: roleName.describe(
      'The role that applies in this workspace. For a key, its role or its creator’s, whichever is lower.',
    ),
    decides: z.boolean().describe('Whether it may approve and reject.'),
    user: z
      .object({
        user_id: prefixedId('user').describe('Their id.'),
        email: z.string().describe('Their address.'),
        name: z.string().describe('Their name.'),
        role: roleName.describe('Their role in this workspace.'),
      })
      .nullable()
      .describe('The person that it acts for; null = it is a key.'),
    workspace_id: bareUuid.describe('The workspace of the request.'),
    agent_id: prefixedId('agent').nullable().describe('The agent that it acts for; null = none.'),
  })
  .meta({ id: 'AuthStatus', description: 'Who the token acts for, and what it may do.' });
