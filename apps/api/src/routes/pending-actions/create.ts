import { createPendingActionBody, pendingAction } from '@proviso/contracts';
import { authorizeProposing, createPendingAction } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { showPendingAction } from '../../show-pending-action.ts';

export const createPendingActionRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions',
  operationId: 'createPendingAction',
  summary: 'Record a call that waits for a person',
  description:
    'It always waits for a person, whatever the agent’s settings say. The service renders the preview of a built-in type. Needs `actions:write`.',
  tag: 'Pending actions',
  body: createPendingActionBody,
  reply: pendingAction,
  status: 201,
  workspace: async ({ body }) => createPendingActionBody.parse(await body()).workspaceId,
  authorize: (ctx) => authorizeProposing(ctx),
  handle: async ({ ctx, body }) => showPendingAction(ctx.executors, await createPendingAction(ctx, body)),
});
