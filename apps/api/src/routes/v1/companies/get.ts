import { companyReply } from '@proviso/contracts';
import { authorize, getCompany } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getCompanyRoute = defineRoute({
  method: 'get',
  path: '/v1/companies/{company_id}',
  operationId: 'getCompany',
  summary: 'Read a company',
  description: 'Needs `companies:read`.',
  tag: 'Companies',
  reply: companyReply,
  authorize: (ctx) => authorize(ctx, 'companies:read'),
  handle: async ({ ctx, path }) => ({ status: 'success', company: await getCompany(ctx, path.company_id ?? '') }),
});
