import { createPendingActionBody, pendingAction } from '@proviso/contracts';
import { createPendingAction } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { showPendingAction } from '../../show-pending-action.ts';

export const createPendingActionRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions',
  operationId: 'createPendingAction',
  summary: 'Record a call that waits for a person',
  tag: 'Pending actions',
  body: createPendingActionBody,
  reply: pendingAction,
  status: 201,
  workspace: ({ body }) => createPendingActionBody.parse(body).workspaceId,
  handle: async ({ ctx, body }) => showPendingAction(ctx.executors, await createPendingAction(ctx, body)),
});
