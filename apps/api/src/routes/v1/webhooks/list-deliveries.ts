import { listWebhookDeliveriesQuery, listWebhookDeliveriesReply } from '@proviso/contracts';
import { authorize, listWebhookDeliveries } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listWebhookDeliveriesRoute = defineRoute({
  method: 'get',
  path: '/v1/webhooks/{webhook_id}/deliveries',
  operationId: 'listWebhookDeliveries',
  summary: 'List the deliveries of a webhook',
  description:
    'Newest first, each with its attempts and when it is sent next. Kept for 30 days. Needs `workspace:admin`.',
  tag: 'Webhooks',
  query: listWebhookDeliveriesQuery,
  reply: listWebhookDeliveriesReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, query }) =>
    pageReply('deliveries', await listWebhookDeliveries(ctx, path.webhook_id ?? '', query)),
});
