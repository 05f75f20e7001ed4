import { acceptedInvitationReply, acceptInvitationBody } from '@proviso/contracts';
import { acceptInvitation, authorizePerson, type Caller, type Services } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const acceptInvitationRoute = defineRoute({
  method: 'post',
  path: '/v1/invitations/accept',
  operationId: 'acceptInvitation',
  summary: 'Join a workspace: with your own personal credential, or without one as a new person',
  tag: 'Access',
  body: acceptInvitationBody,
  reply: acceptedInvitationReply,
  status: 201,
  authorize: authorizePerson,
  handle: ({ ctx, body }) => accept(ctx, ctx.caller.person, body),
  handleStranger: ({ services, body }) => accept(services, null, body),
});

async function accept(services: Pick<Services, 'db'>, person: Caller['person'], body: unknown) {
  const { workspace, member, token, key } = await acceptInvitation(services, person, body);
  return { status: 'success', workspace, member, token, api_key: key };
}
