import { gatewayReply } from '@proviso/contracts';
import { authorizeConfiguration, refreshGateway } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const refreshGatewayRoute = defineRoute({
  method: 'post',
  path: '/v1/gateways/{gateway_id}/refresh',
  operationId: 'refreshGateway',
  summary: 'Ask the servers for their tools',
  description:
    'Changes no decision: a new or changed tool is a write until you review it. Needs `workspace:admin`. No agent’s key.',
  tag: 'Gateways',
  reply: gatewayReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    gateway: await refreshGateway(ctx, path.gateway_id ?? '', body),
  }),
});
