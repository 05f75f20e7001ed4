import { erasureReply } from '@proviso/contracts';
import { authorizeConfiguration, getErasure } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getErasureRoute = defineRoute({
  method: 'get',
  path: '/v1/erasures/{erasure_id}',
  operationId: 'getErasure',
  summary: 'Follow an erasure',
  description: 'What it has done so far, and what it waits for. Needs `workspace:admin`.',
  tag: 'Retention',
  reply: erasureReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path }) => ({ status: 'success', erasure: await getErasure(ctx, path.erasure_id ?? '') }),
});
