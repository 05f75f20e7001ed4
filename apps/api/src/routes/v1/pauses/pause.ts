import { pauseBody, pausesReply } from '@proviso/contracts';
import { authorizePausing, pauseWork } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const pauseWorkRoute = defineRoute({
  method: 'post',
  path: '/v1/pause',
  operationId: 'pauseWork',
  summary: 'Hold back new starts: the whole workspace, an agent, a type, or everything',
  description:
    'Once it answers, nothing of it starts any more; what has begun goes on. Pausing again changes nothing. Needs `actions:write`, for everything `instance:operate`. No agent’s key.',
  tag: 'Operation',
  body: pauseBody,
  reply: pausesReply,
  authorize: (ctx) => authorizePausing(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', paused: await pauseWork(ctx, body) }),
});
