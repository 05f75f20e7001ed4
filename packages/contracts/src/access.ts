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

export const ROLES = ['owner', 'admin', 'reviewer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Who did it. Taken from the token, never from a body. */
export const actor = z
  .object({ kind: z.enum(['api_key', 'member', 'agent', 'system']), id: z.string(), name: z.string() })
  .meta({ id: 'Actor' });
export type Actor = z.output<typeof actor>;

export const authStatusReply = z
  .object({
    status: z.literal('success'),
    authenticated: z.literal(true),
    auth_type: z.enum(['api_key', 'personal_token']),
    key_id: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    user: z.object({ user_id: z.string(), email: z.string(), name: z.string(), role: z.enum(ROLES) }),
    workspace_id: z.string(),
    agent_id: z.string().nullable(),
  })
  .meta({ id: 'AuthStatus' });
