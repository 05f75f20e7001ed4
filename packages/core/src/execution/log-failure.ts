import type { ActionRow } from '../action/row.ts';
import { formatId } from '../platform/ids.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Worker } from './worker.ts';

/**
 * Logs one line at info for a run that did not complete its action, with ids and codes only. What was sent and received
 * stays in the action, for its workspace. Held by packages/core/test/failure-log.test.ts.
 */
export function logFailure({ log }: Pick<Worker, 'log'>, row: ActionRow, { kind }: RunResult): void {
  const what = messageFor(row, kind);
  if (!what) return;
  const { id, workspace_id, type, status_reason, attempts } = row;
  const reason = row.status === 'failed' || row.status === 'pending_approval' ? status_reason : kind;
  const next = row.status === row.status_before_run && { next_attempt_at: row.due_at };
  log.info({ action: formatId('action', id), workspace: workspace_id, type, reason, attempts, ...next }, what);
}

function messageFor({ status }: ActionRow, kind: RunResult['kind']): string | undefined {
  if (status === 'failed') return 'an action failed';
  if (status === 'pending_approval') return 'an action was returned to review';
  return kind === 'retry' || kind === 'timeout' ? 'an action will be retried' : undefined;
}
