import { agentReply, updateAgentBody } from '@proviso/contracts';
import { authorizeConfiguration, updateAgent } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateAgentRoute = defineRoute({
  method: 'patch',
  path: '/v1/agents/{agent_id}',
  operationId: 'updateAgent',
  summary: 'Change an agent, or disable it so that none of its actions start',
  description:
    'Only the fields that you send change. Needs `agents:write`, and `workspace:admin` for `enabled`, `approval` and `auto_approve_types`.',
  tag: 'Agents',
  body: updateAgentBody,
  reply: agentReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'agents:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    agent: await updateAgent(ctx, path.agent_id ?? '', body),
  }),
});
