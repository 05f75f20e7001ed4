import { webhookReply } from '@proviso/contracts';
import { authorize, getWebhook } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getWebhookRoute = defineRoute({
  method: 'get',
  path: '/v1/webhooks/{webhook_id}',
  operationId: 'getWebhook',
  summary: 'Read a webhook',
  description: 'Without its secrets. Needs `workspace:admin`.',
  tag: 'Webhooks',
  reply: webhookReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, path }) => ({ status: 'success', webhook: await getWebhook(ctx, path.webhook_id ?? '') }),
});
