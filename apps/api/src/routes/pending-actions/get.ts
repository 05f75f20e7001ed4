import { pendingAction } from '@proviso/contracts';
import { authorize, getPendingAction, workspaceOfAction } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { presentPendingAction } from '../../present-pending-action.ts';

export const getPendingActionRoute = defineRoute({
  method: 'get',
  path: '/api/pending-actions/{pa_id}',
  operationId: 'getPendingAction',
  summary: 'Read a pending action',
  description: 'Returns any action that has ever waited for a person. Needs `actions:read`.',
  tag: 'Pending actions',
  reply: pendingAction,
  workspace: ({ services, path }) => workspaceOfAction(services, path.pa_id ?? ''),
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, path }) => presentPendingAction(ctx.executors, await getPendingAction(ctx, path.pa_id ?? '')),
});
