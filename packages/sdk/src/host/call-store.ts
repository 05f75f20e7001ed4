import type { HostAnswer } from './answers.ts';

/**
 * Stores which actions began and how they ended. The one in memory forgets with its process. A tool that is registered
 * as idempotent needs one that keeps its calls for 24 hours, across all its servers.
 */
export interface CallStore {
  /**
   * True for the first caller with this id, and false for all others: one atomic step, such as INSERT … ON CONFLICT DO
   * NOTHING.
   */
  begin(actionId: string): boolean | Promise<boolean>;
  /** Undefined = it has not ended. */
  find(actionId: string): HostAnswer | undefined | Promise<HostAnswer | undefined>;
  finish(actionId: string, answer: HostAnswer): void | Promise<void>;
}

/** The last calls of this process; the oldest are forgotten. */
export function rememberCalls(callsMax = 10_000): CallStore {
  const calls = new Map<string, HostAnswer | undefined>();
  return {
    begin(actionId) {
      if (calls.has(actionId)) return false;
      calls.set(actionId, undefined);
      const oldest = calls.size > callsMax ? calls.keys().next().value : undefined;
      if (oldest !== undefined) calls.delete(oldest);
      return true;
    },
    find: (actionId) => calls.get(actionId),
    finish: (actionId, answer) => void calls.set(actionId, answer),
  };
}
