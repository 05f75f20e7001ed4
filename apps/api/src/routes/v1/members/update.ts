import { memberReply, updateMemberBody } from '@proviso/contracts';
import { authorizePeople, updateMember } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateMemberRoute = defineRoute({
  method: 'patch',
  path: '/v1/members/{user_id}',
  operationId: 'updateMember',
  summary: 'Change a member’s role',
  tag: 'Access',
  body: updateMemberBody,
  reply: memberReply,
  authorize: authorizePeople,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    member: await updateMember(ctx, path.user_id ?? '', body),
  }),
});
