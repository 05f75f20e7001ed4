import { gatewayReply } from '@proviso/contracts';
import { authorizeConfiguration, deleteGateway } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteGatewayRoute = defineRoute({
  method: 'delete',
  path: '/v1/gateways/{gateway_id}',
  operationId: 'deleteGateway',
  summary: 'Delete a gateway',
  description:
    'With its catalogue and its record of reads. Actions that were called through it stay. Needs `workspace:admin`. No agent’s key.',
  tag: 'Gateways',
  reply: gatewayReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    gateway: await deleteGateway(ctx, path.gateway_id ?? '', body),
  }),
});
