import { noBody, processActionsQuery, processActionsReply } from '@proviso/contracts';
import { authorize, processActions } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const processActionsRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/process',
  operationId: 'processActions',
  summary: 'Run due actions in this process, oldest first',
  description:
    'Runs up to `limit` due actions of the workspace without a worker, and replies within 55 s. Needs `actions:write`; an agent’s key runs its own agent’s actions only.',
  tag: 'Actions',
  query: processActionsQuery,
  body: noBody,
  reply: processActionsReply,
  authorize: (ctx) => authorize(ctx, 'actions:write'),
  handle: async ({ ctx, query, body, stopping }) => ({
    status: 'success',
    ...(await processActions(ctx, { query, body }, stopping)),
  }),
});
