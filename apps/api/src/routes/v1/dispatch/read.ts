import { dispatchReply } from '@proviso/contracts';
import { authorizeConfiguration, readDispatch } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const readDispatchRoute = defineRoute({
  method: 'get',
  path: '/v1/dispatch',
  operationId: 'readDispatch',
  summary: 'Whether dispatch is held',
  description:
    'After a restore of the database nothing starts. This says why, and lists what would run. Needs `instance:operate`: it lists actions of every workspace.',
  tag: 'Operation',
  reply: dispatchReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'instance:operate'),
  handle: async ({ ctx }) => ({ status: 'success', ...(await readDispatch(ctx)) }),
});
