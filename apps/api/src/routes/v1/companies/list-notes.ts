import { listNotesReply, listQuery } from '@proviso/contracts';
import { authorize, listCompanyNotes } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listCompanyNotesRoute = defineRoute({
  method: 'get',
  path: '/v1/companies/{company_id}/notes',
  operationId: 'listCompanyNotes',
  summary: 'List a company’s notes',
  description: 'Newest first. Needs `companies:read`.',
  tag: 'Companies',
  query: listQuery,
  reply: listNotesReply,
  authorize: (ctx) => authorize(ctx, 'companies:read'),
  handle: async ({ ctx, path, query }) => pageReply('notes', await listCompanyNotes(ctx, path.company_id ?? '', query)),
});
