import { pauseBody, pausesReply } from '@proviso/contracts';
import { authorizePausing, pauseWork } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const pauseWorkRoute = defineRoute({
  method: 'post',
  path: '/v1/pause',
  operationId: 'pauseWork',
  summary: 'Pause the workspace, an agent, a type, or everything',
  description:
    'Once it has replied, nothing new starts; running actions go on. Pausing again changes nothing. Needs `actions:write`, or `instance:operate` to pause everything. No agent’s key.',
  tag: 'Operation',
  body: pauseBody,
  reply: pausesReply,
  authorize: (ctx) => authorizePausing(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', paused: await pauseWork(ctx, body) }),
});
