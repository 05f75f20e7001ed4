import { agentReply, createAgentBody } from '@proviso/contracts';
import { authorizeConfiguration, createAgent } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createAgentRoute = defineRoute({
  method: 'post',
  path: '/v1/agents',
  operationId: 'createAgent',
  summary: 'Add an agent',
  description:
    'Its proposals wait for a person, unless `approval` or `auto_approve_types` say otherwise. It acts with a key of its own, made with its `agent_id`. Needs `agents:write`, and `workspace:admin` for what it may do alone.',
  tag: 'Agents',
  body: createAgentBody,
  reply: agentReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'agents:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', agent: await createAgent(ctx, body) }),
});
