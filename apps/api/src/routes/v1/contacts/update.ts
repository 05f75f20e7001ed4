import { contactReply, updateContactBody } from '@proviso/contracts';
import { authorize, updateContact } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateContactRoute = defineRoute({
  method: 'patch',
  path: '/v1/contacts/{contact_id}',
  operationId: 'updateContact',
  summary: 'Change a contact',
  description:
    'Only the fields that you send change. Properties are merged; null deletes one. Needs `contacts:write`. An agent’s key cannot change an address or resubscribe a contact.',
  tag: 'Contacts',
  body: updateContactBody,
  reply: contactReply,
  authorize: (ctx) => authorize(ctx, 'contacts:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    contact: await updateContact(ctx, path.contact_id ?? '', body),
  }),
});
