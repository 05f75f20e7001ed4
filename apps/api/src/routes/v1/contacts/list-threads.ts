import { listThreadsReply, listQuery } from '@proviso/contracts';
import { authorize, listContactThreads } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listContactThreadsRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts/{contact_id}/email-threads',
  operationId: 'listContactThreads',
  summary: 'List a contact’s e-mail threads',
  description: 'The thread with the newest message first. Needs `contacts:read`.',
  tag: 'Contacts',
  query: listQuery,
  reply: listThreadsReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, path, query }) =>
    pageReply('email_threads', await listContactThreads(ctx, path.contact_id ?? '', query)),
});
