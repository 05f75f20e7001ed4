import { authStatusReply } from '@proviso/contracts';
import { keyIdOf, formatId, formatIdOrNull } from '@proviso/core';
import { defineRoute } from '../../route.ts';

const AUTH_TYPES = {
  personal: 'personal',
  session: 'session',
  workspace: 'workspace_key',
  agent: 'agent_key',
} as const;

export const authStatusRoute = defineRoute({
  method: 'get',
  path: '/v1/auth/status',
  operationId: 'getAuthStatus',
  summary: 'Who the token acts for, and what it may do',
  description: 'Any valid token may ask. The scopes are those that apply in the workspace of the request.',
  tag: 'Access',
  reply: authStatusReply,
  authorize: () => undefined, // every valid token may ask who it is
  handle: async ({ ctx: { caller } }) => ({
    status: 'success',
    authenticated: true,
    auth_type: AUTH_TYPES[caller.kind],
    key_id: formatIdOrNull('key', keyIdOf(caller)),
    scopes: caller.scopes,
    role: caller.role,
    decides: caller.decides,
    user: caller.person && {
      user_id: formatId('user', caller.person.id),
      email: caller.person.email,
      name: caller.person.name,
      role: caller.role,
    },
    workspace_id: caller.workspaceId,
    agent_id: formatIdOrNull('agent', caller.agent?.id ?? null),
  }),
});
