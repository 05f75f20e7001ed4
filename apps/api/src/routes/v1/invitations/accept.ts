import { acceptedInvitationReply, acceptInvitationBody } from '@proviso/contracts';
import { acceptInvitation } from '@proviso/core';
import { BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';

export const acceptInvitationRoute = defineRoute({
  method: 'post',
  path: '/v1/invitations/accept',
  operationId: 'acceptInvitation',
  summary: 'Join a workspace, with your own personal credential or as a new person',
  description:
    'With your own personal credential, if its address is the invited one, you join with it. Without a token, you join as a new person, and only this reply contains your first credential.',
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
