import { listMembersReply, pageQuery } from '@proviso/contracts';
import { authorizeConfiguration, listMembers } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listMembersRoute = defineRoute({
  method: 'get',
  path: '/v1/members',
  operationId: 'listMembers',
  summary: 'List the people of the workspace',
  description: 'Returns everybody who has joined the workspace, with their roles. Needs `workspace:admin`.',
  tag: 'Access',
  query: pageQuery,
  reply: listMembersReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, query }) => pageReply('members', await listMembers(ctx, query)),
});
