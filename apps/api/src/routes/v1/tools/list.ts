import { listToolsReply, listQuery } from '@proviso/contracts';
import { authorize, listTools } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listToolsRoute = defineRoute({
  method: 'get',
  path: '/v1/tools',
  operationId: 'listTools',
  summary: 'List the workspace’s tools',
  description: 'Sorted by name, without their secrets. Needs `workspace:admin`.',
  tag: 'Tools',
  query: listQuery,
  reply: listToolsReply,
  authorize: (ctx) => authorize(ctx, 'workspace:admin'),
  handle: async ({ ctx, query }) => pageReply('tools', await listTools(ctx, query)),
});
