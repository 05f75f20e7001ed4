import { notificationSettingsReply, pushSubscriptionBody } from '@proviso/contracts';
import { authorizeReviewing, subscribePush } from '@proviso/core';
import { defineRoute } from '../../../../route.ts';

export const subscribePushRoute = defineRoute({
  method: 'post',
  path: '/v1/me/push/subscribe',
  operationId: 'subscribePush',
  summary: 'Get push messages in a browser',
  description:
    'The browser is told how many proposals wait, and nothing of what they say, within a minute and at most twice in one. It ends with the session, with `/v1/me/push/unsubscribe`, or when its push service says that it is gone. Takes a person with `actions:write` and a role that decides.',
  tag: 'Access',
  body: pushSubscriptionBody,
  reply: notificationSettingsReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, body }) => ({ status: 'success', notifications: await subscribePush(ctx, body) }),
});
