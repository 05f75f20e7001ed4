import { notificationSettingsReply } from '@proviso/contracts';
import { authorizeReviewing, getNotificationSettings } from '@proviso/core';
import { defineRoute } from '../../../../route.ts';

export const getNotificationSettingsRoute = defineRoute({
  method: 'get',
  path: '/v1/me/notifications',
  operationId: 'getNotificationSettings',
  summary: 'What you get mails about in this workspace',
  description: 'Your own settings. Takes a person with `actions:write` and a role that decides.',
  tag: 'Access',
  reply: notificationSettingsReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx }) => ({ status: 'success', notifications: await getNotificationSettings(ctx) }),
});
