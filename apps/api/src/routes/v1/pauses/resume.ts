import { pauseBody, pausesReply } from '@proviso/contracts';
import { authorizePausing, resumeWork } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const resumeWorkRoute = defineRoute({
  method: 'post',
  path: '/v1/resume',
  operationId: 'resumeWork',
  summary: 'Resume the workspace, an agent, a type, or everything',
  description:
    'Due actions start again. Only the pause that you name ends. Needs `actions:write`, or `instance:operate` to resume everything. No agent’s key.',
  tag: 'Operation',
  body: pauseBody,
  reply: pausesReply,
  authorize: (ctx) => authorizePausing(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', paused: await resumeWork(ctx, body) }),
});
