import { pauseBody, pausesReply } from '@proviso/contracts';
import { authorizePausing, resumeWork } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const resumeWorkRoute = defineRoute({
  method: 'post',
  path: '/v1/resume',
  operationId: 'resumeWork',
  summary: 'Let go what was held back: the whole workspace, an agent, a type, or everything',
  description:
    'What is due starts again. Only what is named is let go. Needs `actions:write`, for everything `instance:operate`. No agent’s key.',
  tag: 'Operation',
  body: pauseBody,
  reply: pausesReply,
  authorize: (ctx) => authorizePausing(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', paused: await resumeWork(ctx, body) }),
});
