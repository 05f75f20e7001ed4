import { toolReply } from '@proviso/contracts';
import { authorizeConfiguration, deleteTool } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteToolRoute = defineRoute({
  method: 'delete',
  path: '/v1/tools/{name}',
  operationId: 'deleteTool',
  summary: 'Delete a tool',
  description:
    'Its open actions fail with `invalid_params` when they are due. Needs `workspace:admin`. No agent’s key.',
  tag: 'Tools',
  reply: toolReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({ status: 'success', tool: await deleteTool(ctx, path.name ?? '', body) }),
});
