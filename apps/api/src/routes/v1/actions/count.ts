import { countActionsQuery, countActionsReply } from '@proviso/contracts';
import { authorize, countActions } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const countActionsRoute = defineRoute({
  method: 'get',
  path: '/v1/actions/counts',
  operationId: 'countActions',
  summary: 'Count actions by type and agent',
  description: 'The filters are those of the list, and all must match. Needs `actions:read`.',
  tag: 'Actions',
  query: countActionsQuery,
  reply: countActionsReply,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, query }) => ({ status: 'success', ...(await countActions(ctx, query)) }),
});
