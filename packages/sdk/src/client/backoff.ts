const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/** How long to wait before the next attempt: 250 ms · 2ⁿ with full jitter, at most 8 s, and never less than asked. */
export const backoffMs = (failures: number, askedMs = 0): number =>
  Math.max(askedMs, Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)));

/** Throws the signal's own reason when it aborts. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((done, fail) => {
    const leave = (): void => {
      clearTimeout(timer);
      fail(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      done();
    }, ms);
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { once: true });
  });

/** Milliseconds of a Retry-After header: seconds or a date; undefined when there is none that can be read. */
export function retryAfterMs({ headers }: Response): number | undefined {
  const header = headers.get('retry-after');
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
