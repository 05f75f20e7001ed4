import { listTasksQuery, listTasksReply } from '@proviso/contracts';
import { authorize, listTasks } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listTasksRoute = defineRoute({
  method: 'get',
  path: '/v1/tasks',
  operationId: 'listTasks',
  summary: 'List tasks',
  description: 'Newest first, with and without a contact. Needs `contacts:read`.',
  tag: 'Tasks',
  query: listTasksQuery,
  reply: listTasksReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, query }) => pageReply('tasks', await listTasks(ctx, query)),
});
