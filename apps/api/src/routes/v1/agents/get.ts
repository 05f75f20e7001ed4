import { agentReply } from '@proviso/contracts';
import { authorize, getAgent } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getAgentRoute = defineRoute({
  method: 'get',
  path: '/v1/agents/{agent_id}',
  operationId: 'getAgent',
  summary: 'Read an agent',
  description: 'Needs `agents:read`.',
  tag: 'Agents',
  reply: agentReply,
  authorize: (ctx) => authorize(ctx, 'agents:read'),
  handle: async ({ ctx, path }) => ({ status: 'success', agent: await getAgent(ctx, path.agent_id ?? '') }),
});
