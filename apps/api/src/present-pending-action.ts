import { PENDING_STATUS_OF, type PendingAction } from '@proviso/contracts';
import { clearedHash, mapInSlices, type ActionRow, type PendingActionPage, type Registry } from '@proviso/core';
import { presentOnce } from './reply.ts';

const time = (at: Date | string | null): string | null => (at === null ? null : new Date(at).toISOString());

/** An action as /api/pending-actions presents it. */
export const presentPendingAction = (executors: Registry, row: ActionRow): PendingAction => ({
  id: row.id,
  workspaceId: row.workspace_id,
  missionId: row.mission_id,
  sessionId: row.session_id,
  batchId: row.batch_id,
  toolName: row.type,
  toolInput: row.params,
  preview: row.agent_preview ?? row.preview,
  status: PENDING_STATUS_OF[row.status],
  userEdits: row.user_edits,
  result: row.result,
  error: errorOf(row),
  createdAt: row.created_at.toISOString(),
  resolvedAt: time(row.approval?.at ?? row.completed_at),
  executedAt: row.status === 'completed' ? time(row.completed_at) : null,
  identityId: row.identity_id,
  scheduledTime: time(row.scheduled_time),
  expiresAt: time(row.expires_at),
  paramsHash: row.redaction?.params_hash ?? row.cleared_hash ?? clearedHash(row, executors),
  previewSource: row.agent_preview ? 'agent' : 'server',
  comment: row.approval?.comment ?? null,
  resolvedBy: row.approval?.by ?? null,
  redactedAt: time(row.redaction?.at ?? null),
});

/** Begins with a code: of the failure, or `cancelled`, which this dialect reports as rejected. */
function errorOf({ status, status_reason, error }: ActionRow): string | null {
  if (status === 'cancelled') return status_reason ? `cancelled: ${status_reason}` : 'cancelled';
  return error && `${error.code}: ${error.message}`;
}

const presentListed = presentOnce(presentPendingAction);

export const pendingActionsReplyOf = async (
  executors: Registry,
  { actions, total, totalIsEstimate, nextCursor }: PendingActionPage,
): Promise<object> => ({
  items: await mapInSlices(actions, (action) => presentListed(executors, action)),
  total,
  ...(totalIsEstimate && { totalIsEstimate }),
  nextCursor,
});
