import { memberReply, updateMemberBody } from '@proviso/contracts';
import { authorizePeople, updateMember } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateMemberRoute = defineRoute({
  method: 'patch',
  path: '/v1/members/{user_id}',
  operationId: 'updateMember',
  summary: 'Change a member’s role',
  description:
    'Takes effect with their next request. The last owner who can sign in stays one (409). Needs a personal credential with `workspace:admin`; only an owner makes and unmakes owners.',
  tag: 'Access',
  body: updateMemberBody,
  reply: memberReply,
  authorize: authorizePeople,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    member: await updateMember(ctx, path.user_id ?? '', body),
  }),
});
