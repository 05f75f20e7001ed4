import { listGatewaysReply, pageQuery } from '@proviso/contracts';
import { authorize, listGateways } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listGatewaysRoute = defineRoute({
  method: 'get',
  path: '/v1/gateways',
  operationId: 'listGateways',
  summary: 'List gateways',
  description: 'Newest first. Needs `workspace:admin`.',
  tag: 'Gateways',
  query: pageQuery,
  reply: listGatewaysReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, query }) => pageReply('gateways', await listGateways(ctx, query)),
});
