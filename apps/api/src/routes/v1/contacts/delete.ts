import { contactDeletedReply } from '@proviso/contracts';
import { authorize, deleteContact } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteContactRoute = defineRoute({
  method: 'delete',
  path: '/v1/contacts/{contact_id}',
  operationId: 'deleteContact',
  summary: 'Delete a contact that no open action uses',
  description:
    'Refused (409) while open actions use it. Its notes, tasks and threads are deleted too. Needs `contacts:write`. No agent’s key.',
  tag: 'Contacts',
  reply: contactDeletedReply,
  authorize: (ctx) => authorize(ctx, 'contacts:write'),
  handle: async ({ ctx, path }) => ({ status: 'success', contact_id: await deleteContact(ctx, path.contact_id ?? '') }),
});
