import { notificationSettingsReply, pushUnsubscriptionBody } from '@proviso/contracts';
import { authorizeReviewing, unsubscribePush } from '@proviso/core';
import { defineRoute } from '../../../../route.ts';

export const unsubscribePushRoute = defineRoute({
  method: 'post',
  path: '/v1/me/push/unsubscribe',
  operationId: 'unsubscribePush',
  summary: 'Get no more push messages in a browser',
  description: 'The second time changes nothing. Takes a person with `actions:write` and a role that decides.',
  tag: 'Access',
  body: pushUnsubscriptionBody,
  reply: notificationSettingsReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, body }) => ({ status: 'success', notifications: await unsubscribePush(ctx, body) }),
});
