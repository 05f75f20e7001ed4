import { rotateWebhookSecretBody, webhookSecretReply } from '@proviso/contracts';
import { authorizeConfiguration, rotateWebhookSecret } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const rotateWebhookSecretRoute = defineRoute({
  method: 'post',
  path: '/v1/webhooks/{webhook_id}/rotate-secret',
  operationId: 'rotateWebhookSecret',
  summary: 'Replace the signing secret; the new one is shown once',
  description:
    'Until `overlap_hours` are over, each request has a signature of the previous secrets too. Needs `workspace:admin`. No agent’s key.',
  tag: 'Webhooks',
  body: rotateWebhookSecretBody,
  reply: webhookSecretReply,
  fails: ['INVALID_STATE'],
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    ...(await rotateWebhookSecret(ctx, path.webhook_id ?? '', body)),
  }),
});
