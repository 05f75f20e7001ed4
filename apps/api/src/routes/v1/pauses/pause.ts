import { pauseBody, pausesReply } from '@proviso/contracts';
import { authorizePausing, pauseWork } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const pauseWorkRoute = defineRoute({
  method: 'post',
  path: '/v1/pause',
  operationId: 'pauseWork',
  summary: 'Hold back new starts: the whole workspace, an agent, a type, or everything',
  tag: 'Operation',
  body: pauseBody,
  reply: pausesReply,
  authorize: (ctx) => authorizePausing(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', paused: await pauseWork(ctx, body) }),
});
