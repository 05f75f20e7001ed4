import { isTerminal, type Action, type JsonObject, type Status } from '@proviso/contracts';
import { canonicalize } from 'json-canonicalize';

/**
 * What the model reads about a write that has not ended.
 * - queued: it waits for a person, and nothing has happened.
 * - approved: it was approved, and a worker runs it when it is due; an earlier attempt may have had an effect.
 * - running: a worker runs it now; it may already have had its effect.
 * - unknown: it was proposed, and the service could not report its state since.
 */
export interface Unfinished {
  status: 'queued' | 'approved' | 'running' | 'unknown';
  pending_action_id: string;
  tool_name: string;
  message: string;
}

/** What the model reads about a write that has ended: what really happened, and with which input. */
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

export type Answer = Unfinished | Ended;

/** An action's state, ended or not. The id is the one in the proposal's reply. */
export const answerOf = (id: string, action: Action): Answer =>
  isTerminal(action.status) ? ended(id, action) : unfinished(id, action.type, action);

/** Without an action: it was proposed a moment ago. */
export function unfinished(id: string, toolName: string, action?: Pick<Action, 'status' | 'attempts'>): Unfinished {
  const [status, message] = stateOf(toolName, action);
  const advice = 'Do not call it again for the same purpose.';
  return { status, pending_action_id: id, tool_name: toolName, message: `${message} ${advice}` };
}

export const unreadable = (id: string, toolName: string): Unfinished => ({
  status: 'unknown',
  pending_action_id: id,
  tool_name: toolName,
  message:
    `${toolName} was proposed, and its state could not be read: it may be waiting, running or done. ` +
    'Do not call it again for the same purpose.',
});

function stateOf(
  toolName: string,
  action?: Pick<Action, 'status' | 'attempts'>,
): [status: Unfinished['status'], message: string] {
  if (!action || action.status === 'pending_approval')
    return ['queued', `${toolName} has not run: it waits for a person's approval.`];
  if (action.status === 'running')
    return ['running', `${toolName} is running now: it may already have had its effect.`];
  if (action.attempts === 0)
    return ['approved', `${toolName} is approved and has not run yet. It will run automatically.`];
  const tries = action.attempts === 1 ? 'an attempt' : `${action.attempts} attempts`;
  return [
    'approved',
    `${toolName} is approved. After ${tries} it will be retried automatically; it may have had its effect.`,
  ];
}

function ended(id: string, action: Action): Ended {
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

function changedFields({ params, original_params }: Action): string[] {
  const before = original_params ?? params;
  const names = new Set([...Object.keys(before), ...Object.keys(params)]);
  return [...names].filter((name) => canonicalize(before[name]) !== canonicalize(params[name]));
}

function messageOf({ type, status, status_reason, error }: Action): string {
  if (error?.code === 'outcome_unknown') return `${type} may have run: the outcome is unknown. Do not repeat it.`;
  const messages: Partial<Record<Status, string>> = {
    completed: `${type} has run.`,
    failed: `${type} failed: ${error?.message ?? 'no reason was given.'}`,
    rejected: `A person declined ${type}. It has not run.`,
    cancelled: `${type} was cancelled${status_reason ? ` (${status_reason})` : ''}. It has not run.`,
  };
  return messages[status] ?? `${type} is ${status}.`;
}
