import { listCompaniesQuery, listCompaniesReply } from '@proviso/contracts';
import { authorize, listCompanies } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listCompaniesRoute = defineRoute({
  method: 'get',
  path: '/v1/companies',
  operationId: 'listCompanies',
  summary: 'List companies',
  description: 'Newest first. Needs `companies:read`.',
  tag: 'Companies',
  query: listCompaniesQuery,
  reply: listCompaniesReply,
  authorize: (ctx) => authorize(ctx, 'companies:read'),
  handle: async ({ ctx, query }) => pageReply('companies', await listCompanies(ctx, query)),
});
