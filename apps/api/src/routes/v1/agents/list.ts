import { listAgentsReply, pageQuery } from '@proviso/contracts';
import { listAgents } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listAgentsRoute = defineRoute({
  method: 'get',
  path: '/v1/agents',
  operationId: 'listAgents',
  summary: 'List agents',
  tag: 'Agents',
  query: pageQuery,
  reply: listAgentsReply,
  handle: async ({ ctx, query }) => pageReply('agents', await listAgents(ctx, query)),
});
