import { webhookReply } from '@proviso/contracts';
import { authorizeConfiguration, deleteWebhook } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteWebhookRoute = defineRoute({
  method: 'delete',
  path: '/v1/webhooks/{webhook_id}',
  operationId: 'deleteWebhook',
  summary: 'Delete a webhook',
  description: 'With its secrets and its deliveries. Needs `workspace:admin`. No agent’s key.',
  tag: 'Webhooks',
  reply: webhookReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    webhook: await deleteWebhook(ctx, path.webhook_id ?? '', body),
  }),
});
