import { resumeDispatchBody, resumeDispatchReply } from '@proviso/contracts';
import { authorizeConfiguration, resumeDispatch } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const resumeDispatchRoute = defineRoute({
  method: 'post',
  path: '/v1/dispatch/resume',
  operationId: 'resumeDispatch',
  summary: 'Resume dispatch after a restore',
  description:
    'Ends the hold that was read, once what may not run is out of the way. What waited for a decision then says that it may have been decided before. Needs `instance:operate`. No agent’s key.',
  tag: 'Operation',
  body: resumeDispatchBody,
  reply: resumeDispatchReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'instance:operate'),
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await resumeDispatch(ctx, body)) }),
});
