import { createdInvitationReply, createInvitationBody } from '@proviso/contracts';
import { authorizePeople, createInvitation } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createInvitationRoute = defineRoute({
  method: 'post',
  path: '/v1/invitations',
  operationId: 'createInvitation',
  summary: 'Invite a person into the workspace; the secret is shown once',
  description:
    'Nothing changes for the person until they accept. Only this reply contains the secret: give it to them. Needs a personal credential with `workspace:admin`, and every scope of the role.',
  tag: 'Access',
  body: createInvitationBody,
  reply: createdInvitationReply,
  status: 201,
  fails: ['INVALID_STATE'],
  authorize: authorizePeople,
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await createInvitation(ctx, body)) }),
});
