import { isTerminal, type ActionWithLogs } from '@proviso/contracts';
import { ProvisoError } from './errors.ts';
import type { CallOptions, Send } from './send.ts';

const POLL_S = 30;
const SLACK_MS = 10_000;
const WAIT_MS = 5 * 60_000;

export type Wait = (id: string, options?: Omit<CallOptions, 'idempotencyKey'>) => Promise<ActionWithLogs>;

/**
 * Resolves with the action when it has ended: completed, failed, rejected or cancelled. Waits 5 minutes by default,
 * across restarts of the service; then throws WAIT_OVER with the current action.
 */
export const createWait =
  (send: Send): Wait =>
  async (id, { timeoutMs = WAIT_MS, ...options } = {}) => {
    const ends = performance.now() + timeoutMs;
    const path = `/v1/actions/${encodeURIComponent(id)}`;
    for (;;) {
      const leftMs = Math.max(0, ends - performance.now());
      const seconds = Math.min(POLL_S, Math.ceil(leftMs / 1000));
      const { action } = await send<{ action: ActionWithLogs }>(
        {
          method: 'GET',
          path,
          headers: { prefer: `wait=${seconds}` },
          attemptMs: seconds * 1000 + SLACK_MS,
          attemptsMax: Infinity,
        },
        { ...options, timeoutMs: leftMs + SLACK_MS },
      );
      if (isTerminal(action.status)) return action;
      if (performance.now() >= ends)
        throw new ProvisoError(`The action had not ended after ${timeoutMs} ms.`, { code: 'WAIT_OVER', action });
    }
  };
