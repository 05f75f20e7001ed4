import { webhookDeliveryReply } from '@proviso/contracts';
import { authorizeConfiguration, replayDelivery } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const replayDeliveryRoute = defineRoute({
  method: 'post',
  path: '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay',
  operationId: 'replayDelivery',
  summary: 'Send an event again',
  description:
    'Whether it was delivered or not, with the same `webhook-id` and a full series of attempts. Refused (409) while it is being sent, or if the webhook is disabled. Needs `workspace:admin`. No agent’s key.',
  tag: 'Webhooks',
  reply: webhookDeliveryReply,
  fails: ['INVALID_STATE'],
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path: { webhook_id = '', delivery_id = '' }, body }) => ({
    status: 'success',
    delivery: await replayDelivery(ctx, { webhookId: webhook_id, deliveryId: delivery_id }, body),
  }),
});
