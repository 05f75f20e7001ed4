import { createNoteBody, noteReply } from '@proviso/contracts';
import { authorize, createContactNote } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createContactNoteRoute = defineRoute({
  method: 'post',
  path: '/v1/contacts/{contact_id}/notes',
  operationId: 'createContactNote',
  summary: 'Write a note on a contact, without approval',
  description: 'At once, without a proposal; the type `create_note` is the way with one. Needs `contacts:write`.',
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
