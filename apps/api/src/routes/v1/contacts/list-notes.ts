import { listNotesReply, listQuery } from '@proviso/contracts';
import { authorize, listContactNotes } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listContactNotesRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts/{contact_id}/notes',
  operationId: 'listContactNotes',
  summary: 'List a contact’s notes',
  description: 'Newest first. Needs `contacts:read`.',
  tag: 'Contacts',
  query: listQuery,
  reply: listNotesReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, path, query }) => pageReply('notes', await listContactNotes(ctx, path.contact_id ?? '', query)),
});
