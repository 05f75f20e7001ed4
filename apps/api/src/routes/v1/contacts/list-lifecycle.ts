import { listLifecycleReply, listQuery } from '@proviso/contracts';
import { authorize, listContactLifecycle } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listContactLifecycleRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts/{contact_id}/lifecycle',
  operationId: 'listContactLifecycle',
  summary: 'List the changes of a contact’s lifecycle stage',
  description: 'Newest first, with who changed it. Needs `contacts:read`.',
  tag: 'Contacts',
  query: listQuery,
  reply: listLifecycleReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, path, query }) =>
    pageReply('lifecycle_changes', await listContactLifecycle(ctx, path.contact_id ?? '', query)),
});
