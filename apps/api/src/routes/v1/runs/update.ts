import { runReply, updateRunBody } from '@proviso/contracts';
import { authorize, updateRun } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateRunRoute = defineRoute({
  method: 'patch',
  path: '/v1/agents/runs/{run_id}',
  operationId: 'updateRun',
  summary: 'Report the status of a run',
  description:
    'For the program that runs the agent. It does not change the actions. Needs `agents:trigger`; an agent’s key changes its own runs only.',
  tag: 'Agents',
  body: updateRunBody,
  reply: runReply,
  authorize: (ctx) => authorize(ctx, 'agents:trigger'),
  handle: async ({ ctx, path, body }) => ({ status: 'success', run: await updateRun(ctx, path.run_id ?? '', body) }),
});
