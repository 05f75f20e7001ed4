import { reviewGatewayToolsBody, reviewGatewayToolsReply } from '@proviso/contracts';
import { authorizeConfiguration, reviewGatewayTools } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const reviewGatewayToolsRoute = defineRoute({
  method: 'post',
  path: '/v1/gateways/{gateway_id}/tools/review',
  operationId: 'reviewGatewayTools',
  summary: 'Say which tools are reads, writes or denied',
  description:
    'For exactly the definitions that you saw: refused (409) if a server has changed one since. All are stored, or none. Needs `workspace:admin`; a key also needs `decides` to make a tool a read. No agent’s key.',
  tag: 'Gateways',
  body: reviewGatewayToolsBody,
  reply: reviewGatewayToolsReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  fails: ['CONFLICT'],
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    ...(await reviewGatewayTools(ctx, path.gateway_id ?? '', body)),
  }),
});
