import { acceptedInvitationReply, acceptInvitationBody } from '@proviso/contracts';
import { acceptInvitation, openSession } from '@proviso/core';
import { BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';
import { logSignIn } from '../../../sign-in/log-sign-in.ts';
import { browserOf, setSessionCookie } from '../../../sign-in/session-cookie.ts';

export const acceptInvitationRoute = defineRoute({
  method: 'post',
  path: '/v1/invitations/accept',
  operationId: 'acceptInvitation',
  summary: 'Join a workspace, as yourself or as a new person',
  description:
    'With your own personal credential or session, if your address is the invited one, you join with it. Without, you join as a new person. With a `password`, the cookie of this reply signs you in; else only this reply contains your first credential.',
  tag: 'Access',
  body: acceptInvitationBody,
  bodyLimits: { ...BODY, bytesMax: 8 * 1024, valuesMax: 10, keysMax: 10 },
  reply: acceptedInvitationReply,
  status: 201,
  handleOutsider: async ({ services, person, body, req, res }) => {
    const { workspace, member, token, key, signsInId } = await acceptInvitation(services, person, body);
    if (signsInId) {
      setSessionCookie(req, res, (await openSession(services.db, signsInId, browserOf(req))).token);
      logSignIn(services, { userId: signsInId, method: 'invitation', address: browserOf(req).ipAddress });
    }
    return { status: 'success', workspace, member, token, api_key: key };
  },
});
