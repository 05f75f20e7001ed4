import { gatewayReply } from '@proviso/contracts';
import { authorize, getGateway } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getGatewayRoute = defineRoute({
  method: 'get',
  path: '/v1/gateways/{gateway_id}',
  operationId: 'getGateway',
  summary: 'Read a gateway',
  description: 'Needs `workspace:admin`.',
  tag: 'Gateways',
  reply: gatewayReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, path }) => ({ status: 'success', gateway: await getGateway(ctx, path.gateway_id ?? '') }),
});
