import { acceptedInvitationReply, acceptInvitationBody } from '@proviso/contracts';
import { acceptInvitation } from '@proviso/core';
import { BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';

export const acceptInvitationRoute = defineRoute({
  method: 'post',
  path: '/v1/invitations/accept',
  operationId: 'acceptInvitation',
  summary: 'Join a workspace: with your own personal credential, or without one as a new person',
  description:
    'With your own personal credential, if its address is the invited one: the workspace is added to it. Without a token: a new person, whose first credential is in this reply and nowhere else.',
  tag: 'Access',
  body: acceptInvitationBody,
  bodyLimits: { ...BODY, bytesMax: 8 * 1024, valuesMax: 10, keysMax: 10 },
  reply: acceptedInvitationReply,
  status: 201,
  handleOutsider: async ({ services, person, body }) => {
    const { workspace, member, token, key } = await acceptInvitation(services, person, body);
    return { status: 'success', workspace, member, token, api_key: key };
  },
});
