import { errorAnswer, type HostAnswer } from './answers.ts';
import type { CallStore } from './call-store.ts';

export type RunOnce = (
  actionId: string,
  tool: { idempotent?: boolean | undefined },
  call: () => Promise<HostAnswer>,
) => Promise<HostAnswer>;

/** 429: Proviso takes it to mean that nothing ran, and calls again. */
const NOT_RECORDED = errorAnswer(429, 'Nothing ran: the call could not be recorded here. Call again.');

/**
 * A duplicate waits for the first call in this process, and gets its answer. If a call began elsewhere and has not
 * ended, nothing is known about it: an idempotent tool runs again; for any other, the answer says that the outcome is
 * unknown.
 */
export function createRunOnce(store: CallStore, onError: (error: unknown) => void): RunOnce {
  const running = new Map<string, Promise<HostAnswer>>();

  const first: RunOnce = async (actionId, { idempotent = false }, call) => {
    let isFirst: boolean;
    try {
      isFirst = await store.begin(actionId);
    } catch (error) {
      onError(error);
      return NOT_RECORDED;
    }
    if (!isFirst) {
      const known = await store.find(actionId);
      if (known && !(idempotent && known.status >= 500)) return known;
      if (!idempotent) return errorAnswer(503, 'It has started and not finished.');
    }
    const answer = await call();
    try {
      await store.finish(actionId, answer);
    } catch (error) {
      onError(error); // the answer is given all the same
    }
    return answer;
  };

  return (actionId, tool, call) => {
    const answer = running.get(actionId) ?? first(actionId, tool, call).finally(() => running.delete(actionId));
    running.set(actionId, answer);
    return answer;
  };
}
