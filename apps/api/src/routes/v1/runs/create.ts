import { createRunBody, runReply } from '@proviso/contracts';
import { authorize, createRun } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createRunRoute = defineRoute({
  method: 'post',
  path: '/v1/agents/{agent_id}/runs',
  operationId: 'createRun',
  summary: 'Start a run of an agent',
  description: 'Actions that name the run count as proposed by its agent, whatever the token. Needs `agents:trigger`.',
  tag: 'Agents',
  body: createRunBody,
  reply: runReply,
  status: 201,
  authorize: (ctx) => authorize(ctx, 'agents:trigger'),
  handle: async ({ ctx, path, body }) => ({ status: 'success', run: await createRun(ctx, path.agent_id ?? '', body) }),
});
