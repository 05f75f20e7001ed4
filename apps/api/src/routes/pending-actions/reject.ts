import { noBody, pendingAction } from '@proviso/contracts';
import { authorizeDecision, rejectPendingAction, workspaceOfAction } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { presentPendingAction } from '../../present-pending-action.ts';

export const rejectPendingActionRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions/{pa_id}/reject',
  operationId: 'rejectPendingAction',
  summary: 'Reject a pending action',
  description: 'It will never run. Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Pending actions',
  body: noBody,
  reply: pendingAction,
  workspace: ({ services, path }) => workspaceOfAction(services, path.pa_id ?? ''),
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body }) =>
    presentPendingAction(ctx.executors, await rejectPendingAction(ctx, path.pa_id ?? '', body)),
});
