import { isTerminal } from '@proviso/contracts';
import { tellResult, type ActionRow } from '@proviso/core';
import type { McpSession } from './session.ts';

/** How often a client that asked for progress hears of it; libraries give up after a minute of silence. */
const PROGRESS_MS = 5_000;

/**
 * Waits for the end of an action as long as a call may take, and reports its state meanwhile. Resolves with the action
 * as it is then.
 */
export async function waitForEnd(
  { ctx, waiters, waitMs, gone }: McpSession,
  action: ActionRow,
  onProgress?: (row: ActionRow) => Promise<void>,
): Promise<ActionRow> {
  const endsAt = performance.now() + waitMs;
  let row = action;
  while (!isTerminal(row.status) && !gone.aborted) {
    const left = endsAt - performance.now();
    if (left <= 0) return row;
    await onProgress?.(row);
    const now = await waiters.untilEnded({ id: row.id, caller: ctx.caller }, Math.min(left, PROGRESS_MS), gone);
    if (!now) return row; // too many requests of the workspace wait
    row = now;
  }
  return row;
}

/** Notes that the agent has the result, once it has: until then, the same call again gets it. */
export function tellWhenDelivered({ ctx, onDelivered }: McpSession, row: ActionRow): void {
  if (isTerminal(row.status)) onDelivered(() => tellResult(ctx, row));
}
