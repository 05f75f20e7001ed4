import { meReply } from '@proviso/contracts';
import { authorizePerson, getMe } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getMeRoute = defineRoute({
  method: 'get',
  path: '/v1/me',
  operationId: 'getMe',
  summary: 'Who you are, in which workspace, and what you may do there',
  description: 'Takes a person: a session, or a personal credential. What a key may do is at `/v1/auth/status`.',
  tag: 'Access',
  reply: meReply,
  authorize: authorizePerson,
  handle: async ({ ctx }) => ({ status: 'success', me: await getMe(ctx) }),
});
