import { signedInReply, useSignInLinkBody } from '@proviso/contracts';
import { endSession, openSession, useSignInLink } from '@proviso/core';
import { BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';
import { logSignIn } from '../../../sign-in/log-sign-in.ts';
import { browserOf, sessionTokenOf, setSessionCookie } from '../../../sign-in/session-cookie.ts';

export const useSignInLinkRoute = defineRoute({
  method: 'post',
  path: '/v1/sessions/link',
  operationId: 'useSignInLink',
  summary: 'Sign in with the token of a link',
  description:
    'For the page at `/welcome#token=…`, whose address `npm start` and `npm run bootstrap` print. A link works once, within 15 minutes. The reply sets the cookie of the session.',
  tag: 'Access',
  body: useSignInLinkBody,
  bodyLimits: { ...BODY, bytesMax: 4 * 1024, valuesMax: 10, keysMax: 10 },
  reply: signedInReply,
  handleOutsider: async ({ services: { db, log }, body, req, res }) => {
    const { token } = useSignInLinkBody.parse(body);
    const userId = await useSignInLink(db, token);
    const former = sessionTokenOf(req);
    if (former) await endSession(db, former);
    const opened = await openSession(db, userId, browserOf(req));
    logSignIn({ log }, { userId, method: 'link', address: browserOf(req).ipAddress });
    setSessionCookie(req, res, opened.token);
    return { status: 'success' };
  },
});
