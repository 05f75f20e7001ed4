import { notificationSettingsReply, updateNotificationSettingsBody } from '@proviso/contracts';
import { authorizeReviewing, updateNotificationSettings } from '@proviso/core';
import { defineRoute } from '../../../../route.ts';

export const updateNotificationSettingsRoute = defineRoute({
  method: 'patch',
  path: '/v1/me/notifications',
  operationId: 'updateNotificationSettings',
  summary: 'Choose what you get mails about in this workspace',
  description:
    'A digest each day, and a mail about what has waited too long. Mails have counts and titles, and links that only open an action. An admin first chooses the identity that they are sent through (`notification_mail` in the settings). Takes a person with `actions:write` and a role that decides.',
  tag: 'Access',
  body: updateNotificationSettingsBody,
  reply: notificationSettingsReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, body }) => ({ status: 'success', notifications: await updateNotificationSettings(ctx, body) }),
});
