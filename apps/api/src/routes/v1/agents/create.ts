import { agentReply, createAgentBody } from '@proviso/contracts';
import { createAgent } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createAgentRoute = defineRoute({
  method: 'post',
  path: '/v1/agents',
  operationId: 'createAgent',
  summary: 'Add an agent',
  tag: 'Agents',
  body: createAgentBody,
  reply: agentReply,
  status: 201,
  handle: async ({ ctx, body }) => ({ status: 'success', agent: await createAgent(ctx, body) }),
});
