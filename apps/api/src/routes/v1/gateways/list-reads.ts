import { listGatewayReadsReply, listQuery } from '@proviso/contracts';
import { authorize, listGatewayReads } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listGatewayReadsRoute = defineRoute({
  method: 'get',
  path: '/v1/gateways/{gateway_id}/reads',
  operationId: 'listGatewayReads',
  summary: 'List what agents read through a gateway',
  description: 'Newest first: who, what, a hash of the arguments, and how it ended. Needs `workspace:admin`.',
  tag: 'Gateways',
  query: listQuery,
  reply: listGatewayReadsReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, query }) => pageReply('reads', await listGatewayReads(ctx, path.gateway_id ?? '', query)),
});
