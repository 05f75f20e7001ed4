import { batchApproveBody, batchApproveList, batchApproveReply, batchItem } from '@proviso/contracts';
import {
  authorizeDecision,
  batchApprovePendingActions,
  inChunks,
  parseBatchId,
  sizeOf,
  workspaceOfBatch,
  type BatchItem,
} from '@proviso/core';
import { z } from 'zod';
import { BULK_BODY } from '../../body.ts';
import { defineRoute } from '../../route.ts';
import { withDialectFields } from './fields.ts';

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
  handle: async ({ ctx, path, body }) => {
    const items = await readItems(body);
    const batchId = parseBatchId(path.batch_id ?? '');
    const decided = await withDialectFields('userEdits', () => batchApprovePendingActions(ctx, batchId, items));
    return { ...decided, batchId };
  },
});

/** Parses the items one by one, since there may be a thousand. Throws one ZodError with the faults of all. */
async function readItems(input: unknown): Promise<BatchItem[]> {
  const { items } = batchApproveList.parse(input);
  const issues: z.core.$ZodIssue[] = [];
  const read = await inChunks(items, sizeOf, async (chunk, from) =>
    chunk.map((item, at) => {
      const { data, error } = batchItem.safeParse(item);
      for (const issue of error?.issues ?? []) issues.push({ ...issue, path: ['items', from + at, ...issue.path] });
      return data;
    }),
  );
  if (issues.length > 0) throw new z.ZodError(issues);
  return read
    .filter((item) => item !== undefined)
    .map(({ pendingActionId: action_id, userEdits: edits, paramsHash: params_hash, exclude }) => ({
      action_id,
      edits,
      exclude,
      params_hash,
    }));
}
