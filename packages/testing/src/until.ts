import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = { min: 20, max: 100 };

/**
 * Repeats `ask` until its result is truthy, and returns it. Throws with `what` when the limit is over. Asks less often
 * as time passes: it notices a change within a twentieth of what it has waited, and leaves the machine to others.
 */
export async function until<T>(what: string, ask: () => Promise<T> | T, limitMs = 10_000): Promise<NonNullable<T>> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > limitMs) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(Math.min(Math.max(waitedMs / 20, PAUSE_MS.min), PAUSE_MS.max));
  }
}
