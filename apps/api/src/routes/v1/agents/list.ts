import { listAgentsReply, listQuery } from '@proviso/contracts';
import { authorize, listAgents } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listAgentsRoute = defineRoute({
  method: 'get',
  path: '/v1/agents',
  operationId: 'listAgents',
  summary: 'List agents',
  description: 'Newest first. Needs `agents:read`.',
  tag: 'Agents',
  query: listQuery,
  reply: listAgentsReply,
  authorize: (ctx) => authorize(ctx, 'agents:read'),
  handle: async ({ ctx, query }) => pageReply('agents', await listAgents(ctx, query)),
});
