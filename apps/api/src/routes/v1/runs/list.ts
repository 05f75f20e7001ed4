import { listRunsReply, listQuery } from '@proviso/contracts';
import { authorize, listRuns } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listRunsRoute = defineRoute({
  method: 'get',
  path: '/v1/agents/{agent_id}/runs',
  operationId: 'listRuns',
  summary: 'List an agent’s runs',
  description: 'Newest first. Needs `agents:read`.',
  tag: 'Agents',
  query: listQuery,
  reply: listRunsReply,
  authorize: (ctx) => authorize(ctx, 'agents:read'),
  handle: async ({ ctx, path, query }) => pageReply('runs', await listRuns(ctx, path.agent_id ?? '', query)),
});
