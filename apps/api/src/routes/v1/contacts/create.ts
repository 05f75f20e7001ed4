import { contactReply, createContactBody } from '@proviso/contracts';
import { authorize, createContact } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createContactRoute = defineRoute({
  method: 'post',
  path: '/v1/contacts',
  operationId: 'createContact',
  summary: 'Add a contact',
  description: 'The address must be unique in the workspace, ignoring case (409 otherwise). Needs `contacts:write`.',
  tag: 'Contacts',
  body: createContactBody,
  reply: contactReply,
  status: 201,
  authorize: (ctx) => authorize(ctx, 'contacts:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', contact: await createContact(ctx, body) }),
});
