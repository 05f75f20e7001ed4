import type { Action } from '@proviso/contracts';
import {
  cardDigestOf,
  clearedHash,
  effectiveParams,
  mapInSlices,
  formatId,
  formatIdOrNull,
  type ActionEvent,
  type ActionPage,
  type ActionRow,
  type Registry,
} from '@proviso/core';
import { presentOnce } from './reply.ts';

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

/** An action as /v1 presents it. */
export const presentAction = (executors: Registry, row: ActionRow): Action => ({
  action_id: formatId('action', row.id),
  type: row.type,
  status: row.status,
  status_reason: row.status_reason,
  params: effectiveParams(row),
  original_params: row.original_params ?? (row.user_edits ? row.params : null),
  params_hash: row.redaction?.params_hash ?? row.cleared_hash ?? clearedHash(row, executors),
  version: row.version,
  identity_id: formatIdOrNull('identity', row.identity_id),
  description: row.description,
  preview: row.preview,
  card_digest: cardDigestOf(row),
  direct: row.direct,
  require_approval: row.require_approval,
  scheduled_time: time(row.scheduled_time),
  due_at: row.due_at.toISOString(),
  expires_at: time(row.expires_at),
  list_id: row.list_id,
  item_id: row.item_id,
  contact_id: formatIdOrNull('contact', row.contact_id),
  company_id: formatIdOrNull('company', row.company_id),
  agent_id: formatIdOrNull('agent', row.agent_id),
  run_id: formatIdOrNull('run', row.run_id),
  action_index: row.action_index,
  mission_id: row.mission_id,
  session_id: row.session_id,
  batch_id: row.batch_id,
  again_of: formatIdOrNull('action', row.again_of),
  metadata: row.metadata,
  approval: row.approval && {
    ...row.approval,
    card_digest: row.approval.card_digest ?? null,
    at: new Date(row.approval.at).toISOString(),
  },
  attempts: row.attempts,
  result: row.result,
  error: row.error,
  created_by: row.created_by,
  assignee: row.assignee,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  started_at: time(row.started_at),
  effect_started_at: time(row.effect_started_at),
  completed_at: time(row.completed_at),
  redacted_at: row.redaction && new Date(row.redaction.at).toISOString(),
});

export const presentEvent = ({ at, event, actor, data }: ActionEvent) => ({ at: at.toISOString(), event, actor, data });

/** The reply of a verb that changes one action. */
export const actionReplyOf = (executors: Registry, row: ActionRow) => ({
  status: 'success' as const,
  action_id: formatId('action', row.id),
  action: presentAction(executors, row),
});

const presentListed = presentOnce(presentAction);

/** The reply of a list: the actions and the page's position. */
export const actionsReplyOf = async (
  executors: Registry,
  { actions, total, totalIsEstimate, limit, skip, truncated, nextCursor }: ActionPage,
): Promise<object> => ({
  status: 'success',
  actions: await mapInSlices(actions, (action) => presentListed(executors, action)),
  pagination: {
    total_items: total,
    ...(totalIsEstimate && { total_is_estimate: true }),
    limit,
    skip,
    ...(truncated && { truncated: true }),
    next_cursor: nextCursor,
  },
});
