import { says, type HostAnswer } from './answers.ts';
import type { CallStore } from './call-store.ts';

export type RunOnce = (
  actionId: string,
  tool: { idempotent?: boolean | undefined },
  call: () => Promise<HostAnswer>,
) => Promise<HostAnswer>;

/** 429: Proviso takes it for "nothing ran", and calls again. */
const NOT_RECORDED = says(429, 'Nothing ran: the call could not be recorded here. Call again.');

/**
 * A duplicate waits for the first one here, and gets its answer. Of one that began elsewhere and has not ended nothing is
 * known: an idempotent tool is asked again, of any other it is said that nobody knows.
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
      if (!idempotent) return says(503, 'It has started and not finished.');
    }
    const answer = await call();
    try {
      await store.finish(actionId, answer);
    } catch (error) {
      onError(error); // what is known is said all the same
    }
    return answer;
  };

  return (actionId, tool, call) => {
    const answer = running.get(actionId) ?? first(actionId, tool, call).finally(() => running.delete(actionId));
    running.set(actionId, answer);
    return answer;
  };
}
