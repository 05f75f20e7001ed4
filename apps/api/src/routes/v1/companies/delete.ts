import { companyDeletedReply } from '@proviso/contracts';
import { authorize, deleteCompany } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteCompanyRoute = defineRoute({
  method: 'delete',
  path: '/v1/companies/{company_id}',
  operationId: 'deleteCompany',
  summary: 'Delete a company that no open action uses',
  description: 'Refused (409) while open actions use it. Needs `companies:write`.',
  tag: 'Companies',
  reply: companyDeletedReply,
  authorize: (ctx) => authorize(ctx, 'companies:write'),
  handle: async ({ ctx, path }) => ({ status: 'success', company_id: await deleteCompany(ctx, path.company_id ?? '') }),
});
