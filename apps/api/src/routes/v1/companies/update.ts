import { companyReply, updateCompanyBody } from '@proviso/contracts';
import { authorize, updateCompany } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateCompanyRoute = defineRoute({
  method: 'patch',
  path: '/v1/companies/{company_id}',
  operationId: 'updateCompany',
  summary: 'Change a company',
  description:
    'Only the fields that you send change. Properties are merged; null deletes one. Needs `companies:write`.',
  tag: 'Companies',
  body: updateCompanyBody,
  reply: companyReply,
  authorize: (ctx) => authorize(ctx, 'companies:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    company: await updateCompany(ctx, path.company_id ?? '', body),
  }),
});
