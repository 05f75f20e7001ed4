import { createNoteBody, noteReply } from '@proviso/contracts';
import { authorize, createContactNote } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createContactNoteRoute = defineRoute({
  method: 'post',
  path: '/v1/contacts/{contact_id}/notes',
  operationId: 'createContactNote',
  summary: 'Add a note to a contact, without approval',
  description:
    'Takes effect at once. To propose a note instead, use the action type `create_note`. Needs `contacts:write`.',
  tag: 'Contacts',
  body: createNoteBody,
  reply: noteReply,
  status: 201,
  authorize: (ctx) => authorize(ctx, 'contacts:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    note: await createContactNote(ctx, path.contact_id ?? '', body),
  }),
});
