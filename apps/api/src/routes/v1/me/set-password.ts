import { setPasswordBody, signedInReply } from '@proviso/contracts';
import { authorizePassword, setPassword } from '@proviso/core';
import { BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';

export const setPasswordRoute = defineRoute({
  method: 'patch',
  path: '/v1/me/password',
  operationId: 'setPassword',
  summary: 'Set the password that you sign in with',
  description:
    'Takes a session, or a personal credential that has every scope and does not expire. Once there is a password, it takes that as well. Your other sessions end. An address that somebody else signs in with is refused (409).',
  tag: 'Access',
  body: setPasswordBody,
  bodyLimits: { ...BODY, bytesMax: 4 * 1024, valuesMax: 10, keysMax: 10 },
  reply: signedInReply,
  authorize: authorizePassword,
  handle: async ({ ctx, body }) => {
    await setPassword(ctx, body);
    return { status: 'success' };
  },
});
