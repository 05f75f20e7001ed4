import { approvePendingActionBody, pendingAction } from '@proviso/contracts';
import { approvePendingAction, authorizeDecision, workspaceOfAction } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { presentPendingAction } from '../../present-pending-action.ts';
import { withDialectFields } from './fields.ts';

export const approvePendingActionRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions/{pa_id}/approve',
  operationId: 'approvePendingAction',
  summary: 'Approve a pending action, with or without edits',
  description:
    'The edits are merged into the input, validated, and shown to the agent. With `paramsHash`, the approval counts only for the input that you read (409 otherwise). Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Pending actions',
  body: approvePendingActionBody,
  reply: pendingAction,
  workspace: ({ services, path }) => workspaceOfAction(services, path.pa_id ?? ''),
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body }) => {
    const { userEdits: edits, paramsHash: params_hash, comment } = approvePendingActionBody.parse(body);
    const approved = await withDialectFields('userEdits', () =>
      approvePendingAction(ctx, path.pa_id ?? '', { edits, params_hash, comment }),
    );
    return presentPendingAction(ctx.executors, approved);
  },
});
