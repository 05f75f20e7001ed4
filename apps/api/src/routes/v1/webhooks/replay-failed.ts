import { replayFailedDeliveriesBody, replayedDeliveriesReply } from '@proviso/contracts';
import { authorizeConfiguration, replayFailedDeliveries } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const replayFailedDeliveriesRoute = defineRoute({
  method: 'post',
  path: '/v1/webhooks/{webhook_id}/replay',
  operationId: 'replayFailedDeliveries',
  summary: 'Send all failed deliveries since a time again',
  description:
    'At most 10 000, oldest first. Refused (409) if the webhook is disabled. Needs `workspace:admin`. No agent’s key.',
  tag: 'Webhooks',
  body: replayFailedDeliveriesBody,
  reply: replayedDeliveriesReply,
  fails: ['INVALID_STATE'],
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    ...(await replayFailedDeliveries(ctx, path.webhook_id ?? '', body)),
  }),
});
