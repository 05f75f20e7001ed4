import { listTasksQuery, listTasksReply } from '@proviso/contracts';
import { authorize, listContactTasks } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listContactTasksRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts/{contact_id}/tasks',
  operationId: 'listContactTasks',
  summary: 'List a contact’s tasks',
  description: 'Newest first. Needs `contacts:read`.',
  tag: 'Contacts',
  query: listTasksQuery,
  reply: listTasksReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, path, query }) => pageReply('tasks', await listContactTasks(ctx, path.contact_id ?? '', query)),
});
