import { listLegalHoldsQuery, listLegalHoldsReply } from '@proviso/contracts';
import { authorizeConfiguration, listLegalHolds } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listLegalHoldsRoute = defineRoute({
  method: 'get',
  path: '/v1/legal-holds',
  operationId: 'listLegalHolds',
  summary: 'List legal holds',
  description: 'The newest first, with those that were released. Needs `workspace:admin`.',
  tag: 'Retention',
  query: listLegalHoldsQuery,
  reply: listLegalHoldsReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, query }) => pageReply('legal_holds', await listLegalHolds(ctx, query)),
});
