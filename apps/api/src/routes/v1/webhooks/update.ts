import { updateWebhookBody, webhookReply } from '@proviso/contracts';
import { authorizeConfiguration, updateWebhook } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateWebhookRoute = defineRoute({
  method: 'patch',
  path: '/v1/webhooks/{webhook_id}',
  operationId: 'updateWebhook',
  summary: 'Change, enable or disable a webhook',
  description:
    'Only the fields that you send change. A disabled webhook gets nothing; once enabled, it gets what was pending and the events from then on. Needs `workspace:admin`. No agent’s key.',
  tag: 'Webhooks',
  body: updateWebhookBody,
  reply: webhookReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    webhook: await updateWebhook(ctx, path.webhook_id ?? '', body),
  }),
});
