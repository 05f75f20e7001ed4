import { listWorkspacesReply, pageQuery } from '@proviso/contracts';
import { authorizePeople, listWorkspaces } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listWorkspacesRoute = defineRoute({
  method: 'get',
  path: '/v1/workspaces',
  operationId: 'listWorkspaces',
  summary: 'List your workspaces',
  description: 'Returns the workspaces that you have joined, with your role in each. Needs a personal credential.',
  tag: 'Access',
  query: pageQuery,
  reply: listWorkspacesReply,
  authorize: authorizePeople,
  handle: async ({ ctx, query }) => pageReply('workspaces', await listWorkspaces(ctx, query)),
});
