import { agentReply, createAgentBody } from '@proviso/contracts';
import { authorizeConfiguration, createAgent } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createAgentRoute = defineRoute({
  method: 'post',
  path: '/v1/agents',
  operationId: 'createAgent',
  summary: 'Add an agent',
  description:
    'Its proposals wait for a person, unless `approval` or `auto_approve_types` say otherwise. It uses an API key created with its `agent_id`. Needs `agents:write`, and `workspace:admin` to let it act without approval.',
  tag: 'Agents',
  body: createAgentBody,
  reply: agentReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'agents:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', agent: await createAgent(ctx, body) }),
});
