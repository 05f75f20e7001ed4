import { removeDemoReply } from '@proviso/contracts';
import { authorizeConfiguration, removeDemo } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const removeDemoRoute = defineRoute({
  method: 'delete',
  path: '/v1/demo',
  operationId: 'removeDemo',
  summary: 'Remove the demo proposals',
  description:
    'Cancels the open proposals that the first `npm start` made; elsewhere there are none. Needs `actions:write`.',
  tag: 'Operation',
  reply: removeDemoReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'actions:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', removed: await removeDemo(ctx, body) }),
});
