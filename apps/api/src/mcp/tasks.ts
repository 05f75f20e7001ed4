// An action is its own durable task, and the task's id is the action's: it survives restarts of everything, and any
// process answers for it. Held by apps/api/test/gateway-tasks.test.ts.
import { isTerminal } from '@proviso/contracts';
import { AppError, formatId, getActionInWorkspace, type ActionRow, type Context } from '@proviso/core';
import { endedResult, stateText } from './action-result.ts';

const POLL_MS = 2_000;

/** Of the protocol; `failed` is for its own errors, which an action has none of. */
type TaskStatus = 'working' | 'completed' | 'cancelled';

function taskStatus({ status }: Pick<ActionRow, 'status'>): TaskStatus {
  if (!isTerminal(status)) return 'working';
  return status === 'cancelled' ? 'cancelled' : 'completed';
}

const sharedFields = (row: ActionRow) => ({
  taskId: formatId('action', row.id),
  status: taskStatus(row),
  statusMessage: stateText(row),
  createdAt: row.created_at.toISOString(),
  lastUpdatedAt: row.updated_at.toISOString(),
});

/** A task of 2025-11-25. It is kept for as long as the action. */
export const task2025 = (row: ActionRow) => ({ ...sharedFields(row), ttl: null, pollInterval: POLL_MS });

/** A task of the extension io.modelcontextprotocol/tasks (2026-07-28), with its result once it has one. */
export const task2026 = (row: ActionRow) => ({ ...sharedFields(row), ttlMs: null, pollIntervalMs: POLL_MS });

export const detailedTask2026 = (row: ActionRow) => ({
  ...task2026(row),
  ...(taskStatus(row) === 'completed' && { result: endedResult(row) }),
});

/** The agent's own call. Throws NOT_FOUND for any other action. */
export async function getOwnCall(ctx: Context, id: string): Promise<ActionRow> {
  const row = await getActionInWorkspace(ctx, id);
  if (row.agent_id !== ctx.caller.agent?.id || row.type !== 'mcp_tool_call')
    throw new AppError('NOT_FOUND', 'There is no such call of yours.');
  return row;
}

/** A cancellation that was refused because the action has ended or its effect may have begun. */
export const isTooLate = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'INVALID_STATE' || error.code === 'CONFLICT');
