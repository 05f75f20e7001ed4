import { removedMemberReply, removeMemberBody } from '@proviso/contracts';
import { authorizePerson, removeMember } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const removeMemberRoute = defineRoute({
  method: 'delete',
  path: '/v1/members/{user_id}',
  operationId: 'removeMember',
  summary: 'Remove a person from the workspace, or leave it',
  description:
    'Ends their access and revokes the keys that they created in the workspace, unless you keep those. Anybody may remove themselves, except the last owner who can sign in (409).',
  tag: 'Access',
  body: removeMemberBody,
  reply: removedMemberReply,
  authorize: authorizePerson, // anybody may leave
  handle: async ({ ctx, path, body }) => {
    const { member, revokedKeys, keptKeys } = await removeMember(ctx, path.user_id ?? '', body);
    return { status: 'success', member, revoked_keys: revokedKeys, kept_keys: keptKeys };
  },
});
