import { listWebhooksReply, pageQuery } from '@proviso/contracts';
import { authorize, listWebhooks } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listWebhooksRoute = defineRoute({
  method: 'get',
  path: '/v1/webhooks',
  operationId: 'listWebhooks',
  summary: 'List webhooks',
  description: 'Newest first, without their secrets. Needs `workspace:admin`.',
  tag: 'Webhooks',
  query: pageQuery,
  reply: listWebhooksReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, query }) => pageReply('webhooks', await listWebhooks(ctx, query)),
});
