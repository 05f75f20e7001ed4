import { listGatewayToolsReply, listQuery } from '@proviso/contracts';
import { authorize, listGatewayTools } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listGatewayToolsRoute = defineRoute({
  method: 'get',
  path: '/v1/gateways/{gateway_id}/tools',
  operationId: 'listGatewayTools',
  summary: 'List the catalogue of a gateway',
  description:
    'Each tool with its definition now and the one that was reviewed, by server and name. Needs `workspace:admin`.',
  tag: 'Gateways',
  query: listQuery,
  reply: listGatewayToolsReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, query }) => pageReply('tools', await listGatewayTools(ctx, path.gateway_id ?? '', query)),
});
