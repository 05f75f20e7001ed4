import { createGatewayBody, gatewayReply } from '@proviso/contracts';
import { authorizeConfiguration, createGateway } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createGatewayRoute = defineRoute({
  method: 'post',
  path: '/v1/gateways',
  operationId: 'createGateway',
  summary: 'Put MCP servers behind the gate',
  description:
    'Agents connect to `/mcp/{gateway_id}` with their keys. The servers are asked for their tools; each is a write until you review it. A server that does not answer has a `failure` and can be asked again later. Needs `workspace:admin`. No agent’s key.',
  tag: 'Gateways',
  body: createGatewayBody,
  reply: gatewayReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', gateway: await createGateway(ctx, body) }),
});
