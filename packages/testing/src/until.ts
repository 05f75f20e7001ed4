import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats `ask` until its result is truthy, and returns it. Throws with `what` when the limit is over. */
export async function until<T>(what: string, ask: () => Promise<T> | T, limitMs = 10_000): Promise<NonNullable<T>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(20);
  }
}
