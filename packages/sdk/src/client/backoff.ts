const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * The wait before the next attempt: 250 ms · 2ⁿ with full jitter, at most 8 s, and never less than the service asked
 * for.
 */
export const backoffMs = (failures: number, askedMs = 0): number =>
  Math.max(askedMs, Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)));

/** Throws the signal's reason if it aborts. */
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

/** The milliseconds of a Retry-After header, in seconds or a date; undefined if it is absent or invalid. */
export function retryAfterMs({ headers }: Response): number | undefined {
  const header = headers.get('retry-after');
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
