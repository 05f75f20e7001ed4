/** Calls `ask` at most once per period; simultaneous callers share one call. */
export function atMostEvery<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let askAgainAt = 0;
  return () => {
    if (answer && performance.now() < askAgainAt) return answer;
    askAgainAt = Infinity;
    answer = ask().finally(() => (askAgainAt = performance.now() + ms));
    return answer;
  };
}
