import { authStatusReply } from '@proviso/contracts';
import { showId, showIdOrNull } from '@proviso/core';
import { defineRoute } from '../../route.ts';

export const authStatusRoute = defineRoute({
  method: 'get',
  path: '/v1/auth/status',
  operationId: 'getAuthStatus',
  summary: 'Who the token speaks for, and what it may do',
  tag: 'Access',
  reply: authStatusReply,
  authorize: () => undefined, // every valid token may ask who it is
  handle: async ({ ctx: { caller } }) => ({
    status: 'success',
    authenticated: true,
    auth_type: caller.actor.kind === 'member' ? 'personal_token' : 'api_key',
    key_id: showId('key', caller.tokenId),
    scopes: caller.scopes,
    user: {
      user_id: showId('user', caller.user.id),
      email: caller.user.email,
      name: caller.user.name,
      role: caller.role,
    },
    workspace_id: caller.workspaceId,
    agent_id: showIdOrNull('agent', caller.agent?.id ?? null),
  }),
});
