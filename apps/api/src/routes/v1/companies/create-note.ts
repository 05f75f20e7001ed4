import { createNoteBody, noteReply } from '@proviso/contracts';
import { authorize, createCompanyNote } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createCompanyNoteRoute = defineRoute({
  method: 'post',
  path: '/v1/companies/{company_id}/notes',
  operationId: 'createCompanyNote',
  summary: 'Add a note to a company, without approval',
  description:
    'Takes effect at once. To propose a note instead, use the action type `create_note`. Needs `companies:write`.',
  tag: 'Companies',
  body: createNoteBody,
  reply: noteReply,
  status: 201,
  authorize: (ctx) => authorize(ctx, 'companies:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    note: await createCompanyNote(ctx, path.company_id ?? '', body),
  }),
});
