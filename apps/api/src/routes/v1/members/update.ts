import { memberReply, updateMemberBody } from '@proviso/contracts';
import { authorizePeople, updateMember } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateMemberRoute = defineRoute({
  method: 'patch',
  path: '/v1/members/{user_id}',
  operationId: 'updateMember',
  summary: 'Change a member’s role',
  description:
    'Takes effect on their next request. The last owner who can sign in cannot be demoted (409). Needs a personal credential with `workspace:admin`; only an owner can add or demote owners.',
  tag: 'Access',
  body: updateMemberBody,
  reply: memberReply,
  authorize: authorizePeople,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    member: await updateMember(ctx, path.user_id ?? '', body),
  }),
});
