import type { Action, JsonObject, Status } from '@proviso/contracts';

/** What the model reads of a write that waits for a person. Nothing has happened. */
export interface Queued {
  status: 'queued';
  pending_action_id: string;
  tool_name: string;
  message: string;
}

/** What the model reads of a write that has ended: what really happened, and with which input. */
export interface Ended {
  status: 'completed' | 'failed' | 'rejected' | 'cancelled';
  pending_action_id: string;
  tool_name: string;
  edited: boolean;
  /** Where `final_input` differs from what was proposed. */
  changed_fields: string[];
  final_input: JsonObject;
  result?: JsonObject;
  error?: { code: string; message: string };
  /** The reviewer's words. */
  comment?: string;
  message: string;
}

export type Answer = Queued | Ended;

export const queued = (id: string, toolName: string): Queued => ({
  status: 'queued',
  pending_action_id: id,
  tool_name: toolName,
  message: `${toolName} has not run: it waits for a person's approval. Do not call it again for the same purpose.`,
});

/** The id is as the proposal's reply had it. */
export function ended(id: string, action: Action): Ended {
  const changed = changedFields(action);
  const { type, status, params, result, error, approval } = action;
  return {
    status: status as Ended['status'],
    pending_action_id: id,
    tool_name: type,
    edited: changed.length > 0,
    changed_fields: changed,
    final_input: params,
    ...(result && { result }),
    ...(error && { error: { code: error.code, message: error.message } }),
    ...(approval?.comment && { comment: approval.comment }),
    message: `${messageOf(action)}${changed.length > 0 ? ` A person changed: ${changed.join(', ')}.` : ''}`,
  };
}

/** Both sides come from one database, so that equal values have one text. */
function changedFields({ params, original_params }: Action): string[] {
  const before = original_params ?? params;
  const names = new Set([...Object.keys(before), ...Object.keys(params)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(params[name]));
}

function messageOf({ type, status, status_reason, error }: Action): string {
  if (error?.code === 'outcome_unknown') return `${type} may have run: nobody knows. Do not repeat it.`;
  const said: Partial<Record<Status, string>> = {
    completed: `${type} has run.`,
    failed: `${type} failed: ${error?.message ?? 'no reason was given.'}`,
    rejected: `A person declined ${type}. It has not run.`,
    cancelled: `${type} was cancelled${status_reason ? ` (${status_reason})` : ''}. It has not run.`,
  };
  return said[status] ?? `${type} is ${status}.`;
}
