import { batchApproveBody, batchApproveReply } from '@proviso/contracts';
import { authorizeDecision, batchApprovePendingActions, workspaceOfBatch } from '@proviso/core';
import { BULK_BODY } from '../../body.ts';
import { defineRoute } from '../../route.ts';

export const batchApprovePendingActionsRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions/batch/{batch_id}/approve',
  operationId: 'batchApprovePendingActions',
  summary: 'Decide several pending actions of one batch',
  description:
    'All items are validated first: if one is invalid, nothing changes. Items that are already decided are skipped. Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Pending actions',
  body: batchApproveBody,
  reply: batchApproveReply,
  bodyLimits: BULK_BODY,
  fails: ['INVARIANT_VIOLATION'],
  workspace: ({ services, callers, path }) => workspaceOfBatch(services, callers, path.batch_id ?? ''),
  authorize: (ctx) => authorizeDecision(ctx),
  handle: ({ ctx, path, body }) => batchApprovePendingActions(ctx, path.batch_id ?? '', body),
});
