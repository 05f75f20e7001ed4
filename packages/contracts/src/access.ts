import { z } from 'zod';
import { ok } from './fields.ts';
import { shownId, shownUuid } from './ids.ts';

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
export const scopeName = z.enum(SCOPES).meta({ id: 'Scope', description: 'What a credential may be used for.' });

/** From the one that may do most to the one that may do least. */
export const ROLES = ['owner', 'admin', 'reviewer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];
export const roleName = z.enum(ROLES).meta({
  id: 'Role',
  description: 'What somebody may do in a workspace, from the one that may do most to the one that may do least.',
});

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
export const keyKind = z.enum(KEY_KINDS).meta({ id: 'KeyKind', description: 'Whom a credential belongs to.' });

/** Who did it. Taken from the token, never from a body. */
export const actor = z
  .object({
    kind: z
      .enum(['api_key', 'member', 'agent', 'system'])
      .describe('What it is: a key, a member, an agent, or the service itself.'),
    id: z.string().describe('Names it.'),
    name: z.string().describe('Its name, for people.'),
  })
  .meta({ id: 'Actor', description: 'Who did something. Taken from the token, never from a body.' });
export type Actor = z.output<typeof actor>;

export const authStatusReply = z
  .object({
    status: ok,
    authenticated: z.literal(true).describe('Always true: a token that is not valid is answered 401.'),
    auth_type: z.enum(['personal', 'workspace_key', 'agent_key']).describe('What kind of credential it is.'),
    key_id: shownId('key').describe('Names the credential.'),
    scopes: z.array(scopeName).describe('The scopes that count in this workspace.'),
    role: roleName.describe('What counts in this workspace: of a key, the lesser of its own role and its maker’s.'),
    decides: z.boolean().describe('Whether it may approve and reject at all.'),
    user: z
      .object({
        user_id: shownId('user').describe('Names the person.'),
        email: z.string().describe('Their address.'),
        name: z.string().describe('Their name.'),
        role: roleName.describe('What they may do in this workspace.'),
      })
      .nullable()
      .describe('Whom it speaks for; null = a key, which speaks for nobody.'),
    workspace_id: shownUuid.describe('The workspace that the request means.'),
    agent_id: shownId('agent').nullable().describe('The agent that it speaks for; null = none.'),
  })
  .meta({ id: 'AuthStatus', description: 'Who the token speaks for, and what it may do.' });
