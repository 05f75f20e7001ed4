import { gatewayReply, updateGatewayBody } from '@proviso/contracts';
import { authorizeConfiguration, updateGateway } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateGatewayRoute = defineRoute({
  method: 'patch',
  path: '/v1/gateways/{gateway_id}',
  operationId: 'updateGateway',
  summary: 'Change a gateway',
  description:
    'Only the fields that you send change. A server that stays keeps what was decided about its tools. Needs `workspace:admin`. No agent’s key.',
  tag: 'Gateways',
  body: updateGatewayBody,
  reply: gatewayReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    gateway: await updateGateway(ctx, path.gateway_id ?? '', body),
  }),
});
