import { listContactsQuery, listContactsReply } from '@proviso/contracts';
import { authorize, listContacts } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listContactsRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts',
  operationId: 'listContacts',
  summary: 'List contacts',
  description: 'Newest first. Needs `contacts:read`.',
  tag: 'Contacts',
  query: listContactsQuery,
  reply: listContactsReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, query }) => pageReply('contacts', await listContacts(ctx, query)),
});
