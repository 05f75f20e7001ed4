import { listActionsQuery, listActionsReply } from '@proviso/contracts';
import { authorize, listActions } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionsReplyOf } from '../../../present-action.ts';

export const listActionsRoute = defineRoute({
  method: 'get',
  path: '/v1/actions',
  operationId: 'listActions',
  summary: 'List actions',
  description:
    'All filters must match. Newest first by default. `cursor` pages stay correct while actions are added; `skip` pages do not. Needs `actions:read`.',
  tag: 'Actions',
  query: listActionsQuery,
  reply: listActionsReply,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, query }) => actionsReplyOf(ctx.executors, await listActions(ctx, query)),
});
