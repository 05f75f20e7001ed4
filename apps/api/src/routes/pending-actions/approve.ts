import { approvePendingActionBody, pendingAction } from '@proviso/contracts';
import { approvePendingAction, authorizeDecision, workspaceOfAction } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { showPendingAction } from '../../show-pending-action.ts';

export const approvePendingActionRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions/{pa_id}/approve',
  operationId: 'approvePendingAction',
  summary: 'Approve a pending action, with edits if need be',
  tag: 'Pending actions',
  body: approvePendingActionBody,
  reply: pendingAction,
  workspace: ({ services, path }) => workspaceOfAction(services, path.pa_id ?? ''),
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body }) =>
    showPendingAction(ctx.executors, await approvePendingAction(ctx, path.pa_id ?? '', body)),
});
