import { invitationReply } from '@proviso/contracts';
import { authorizePeople, revokeInvitation } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const revokeInvitationRoute = defineRoute({
  method: 'delete',
  path: '/v1/invitations/{invitation_id}',
  operationId: 'revokeInvitation',
  summary: 'Revoke an invitation that has not been accepted',
  description:
    'The secret is refused from the next request on. An invitation that was accepted or has ended cannot be revoked (409). Needs a personal credential with `workspace:admin`.',
  tag: 'Access',
  reply: invitationReply,
  authorize: authorizePeople,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    invitation: await revokeInvitation(ctx, path.invitation_id ?? '', body),
  }),
});
