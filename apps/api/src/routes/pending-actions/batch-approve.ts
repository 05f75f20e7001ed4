import { batchApproveBody, batchApproveReply } from '@proviso/contracts';
import { batchApprovePendingActions, workspaceOfBatch } from '@proviso/core';
import { BULK_BODY_BYTES_MAX, defineRoute } from '../../route.ts';

export const batchApprovePendingActionsRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions/batch/{batch_id}/approve',
  operationId: 'batchApprovePendingActions',
  summary: 'Decide several pending actions of one batch',
  tag: 'Pending actions',
  body: batchApproveBody,
  reply: batchApproveReply,
  bodyBytesMax: BULK_BODY_BYTES_MAX,
  fails: ['INVARIANT_VIOLATION'],
  workspace: ({ services, callers, path }) => workspaceOfBatch(services, callers, path.batch_id ?? ''),
  handle: ({ ctx, path, body }) => batchApprovePendingActions(ctx, path.batch_id ?? '', body),
});
