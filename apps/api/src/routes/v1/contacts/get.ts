import { contactReply } from '@proviso/contracts';
import { authorize, getContact } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getContactRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts/{contact_id}',
  operationId: 'getContact',
  summary: 'Read a contact',
  description: 'Needs `contacts:read`.',
  tag: 'Contacts',
  reply: contactReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, path }) => ({ status: 'success', contact: await getContact(ctx, path.contact_id ?? '') }),
});
