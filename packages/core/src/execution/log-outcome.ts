import type { ActionRow } from '../action/row.ts';
import { formatId } from '../platform/ids.ts';
import { logLimited } from '../platform/log-limited.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Worker } from './worker.ts';

/**
 * Logs one line at info for the outcome of a run, with ids and codes only. What was sent and received stays in the
 * action, for its workspace. Held by packages/core/test/outcome-log.test.ts.
 */
export function logOutcome({ log }: Pick<Worker, 'log'>, row: ActionRow, { kind }: RunResult): void {
  const what = messageFor(row, kind);
  if (!what) return;
  const { id, workspace_id, type, status_reason, attempts } = row;
  const reason = row.status === row.status_before_run ? kind : (status_reason ?? undefined);
  const next = row.status === row.status_before_run && { next_attempt_at: row.due_at };
  logLimited(log, { action: formatId('action', id), workspace: workspace_id, type, reason, attempts, ...next }, what);
}

function messageFor({ status }: ActionRow, kind: RunResult['kind']): string | undefined {
  if (status === 'completed') return 'an action completed';
  if (status === 'failed') return 'an action failed';
  if (status === 'pending_approval') return 'an action was returned to review';
  return kind === 'retry' || kind === 'timeout' ? 'an action will be retried' : undefined;
}

/** Logs that an action ended because nobody decided it, or no worker started it, in time. */
export function logExpiry({ log }: Pick<Worker, 'log'>, { id, workspace_id, type, status_reason }: ActionRow): void {
  const ids = { action: formatId('action', id), workspace: workspace_id };
  logLimited(log, { ...ids, type, reason: status_reason }, 'an action expired');
}
