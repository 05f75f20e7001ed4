import { agentReply } from '@proviso/contracts';
import { authorizeConfiguration, deleteAgent } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteAgentRoute = defineRoute({
  method: 'delete',
  path: '/v1/agents/{agent_id}',
  operationId: 'deleteAgent',
  summary: 'Delete an agent that has no open actions and no keys, with its runs',
  description: 'Refused (409) while it has open actions or keys. Its actions stay. Needs `agents:write`.',
  tag: 'Agents',
  reply: agentReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'agents:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    agent: await deleteAgent(ctx, path.agent_id ?? '', body),
  }),
});
