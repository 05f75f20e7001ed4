import { createErasureBody, erasureReply } from '@proviso/contracts';
import { authorizeConfiguration, createErasure } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createErasureRoute = defineRoute({
  method: 'post',
  path: '/v1/erasures',
  operationId: 'createErasure',
  summary: 'Erase a person’s data',
  description:
    'Cancels the open actions that name the person, redacts all that do, and deletes the contact. A worker does it; the reply says how to follow it. The same person again is the same erasure until it is completed. 409 while a legal hold covers their data. Needs `workspace:admin`.',
  tag: 'Retention',
  body: createErasureBody,
  reply: erasureReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', erasure: await createErasure(ctx, body) }),
});
