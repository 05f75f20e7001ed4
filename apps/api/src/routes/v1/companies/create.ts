import { companyReply, createCompanyBody } from '@proviso/contracts';
import { authorize, createCompany } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createCompanyRoute = defineRoute({
  method: 'post',
  path: '/v1/companies',
  operationId: 'createCompany',
  summary: 'Add a company',
  description: 'The domain must be unique in the workspace, ignoring case (409 otherwise). Needs `companies:write`.',
  tag: 'Companies',
  body: createCompanyBody,
  reply: companyReply,
  status: 201,
  authorize: (ctx) => authorize(ctx, 'companies:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', company: await createCompany(ctx, body) }),
});
