import { createWebhookBody, webhookSecretReply } from '@proviso/contracts';
import { authorizeConfiguration, createWebhook } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createWebhookRoute = defineRoute({
  method: 'post',
  path: '/v1/webhooks',
  operationId: 'createWebhook',
  summary: 'Add a webhook; the signing secret is shown once',
  description:
    'It gets the events from now on, as signed requests (Standard Webhooks). Only the first reply contains the secret. Needs `workspace:admin`. No agent’s key.',
  tag: 'Webhooks',
  body: createWebhookBody,
  reply: webhookSecretReply,
  status: 201,
  fails: ['INVALID_STATE'],
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await createWebhook(ctx, body)) }),
});
