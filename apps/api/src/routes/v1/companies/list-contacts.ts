import { listContactsReply, listQuery } from '@proviso/contracts';
import { authorize, listCompanyContacts } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listCompanyContactsRoute = defineRoute({
  method: 'get',
  path: '/v1/companies/{company_id}/contacts',
  operationId: 'listCompanyContacts',
  summary: 'List a company’s contacts',
  description: 'Newest first. Needs `companies:read` and `contacts:read`.',
  tag: 'Companies',
  query: listQuery,
  reply: listContactsReply,
  authorize: (ctx) => authorize(ctx, 'companies:read'),
  handle: async ({ ctx, path, query }) =>
    pageReply('contacts', await listCompanyContacts(ctx, path.company_id ?? '', query)),
});
