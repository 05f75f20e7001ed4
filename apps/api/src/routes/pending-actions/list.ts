import { listPendingActionsQuery, listPendingActionsReply } from '@proviso/contracts';
import { authorize, listPendingActions } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { pendingActionsReplyOf } from '../../present-pending-action.ts';

export const listPendingActionsRoute = defineRoute({
  method: 'get',
  path: '/api/pending-actions',
  operationId: 'listPendingActions',
  summary: 'List the actions that wait, or have waited, for a person',
  description: 'Newest first: every action of the workspace that has ever waited for a person. Needs `actions:read`.',
  tag: 'Pending actions',
  query: listPendingActionsQuery.out,
  reply: listPendingActionsReply,
  workspace: ({ query }) => listPendingActionsQuery.parse(query).workspace_id,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, query }) => pendingActionsReplyOf(ctx.executors, await listPendingActions(ctx, query)),
});
