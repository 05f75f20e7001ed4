import { memberReply } from '@proviso/contracts';
import { authorizeConfiguration, removeMember } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const removeMemberRoute = defineRoute({
  method: 'delete',
  path: '/v1/members/{user_id}',
  operationId: 'removeMember',
  summary: 'Remove a person from the workspace, and revoke their keys in it',
  tag: 'Access',
  reply: memberReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    member: await removeMember(ctx, path.user_id ?? '', body),
  }),
});
