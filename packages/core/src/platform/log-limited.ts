import type { Logger } from 'pino';

const PERIOD_MS = 1_000;
const LINES_PER_PERIOD = 100;

/** By log and message: the lines of the current period. */
const periods = new WeakMap<Logger, Map<string, number>>();

/**
 * Logs a line at info, at most a hundred per second with the same message: a log that is read too slowly would block
 * the process. One line more per second says how many were left out. Held by log-limited.test.ts.
 */
export function logLimited(log: Logger, fields: object, message: string): void {
  const counts = periods.get(log) ?? new Map<string, number>();
  periods.set(log, counts);
  const count = (counts.get(message) ?? 0) + 1;
  counts.set(message, count);
  if (count <= LINES_PER_PERIOD) log.info(fields, message);
  if (count > 1) return;
  setTimeout(() => {
    const leftOut = (counts.get(message) ?? 0) - LINES_PER_PERIOD;
    counts.delete(message);
    if (leftOut > 0) log.info({ left_out: leftOut }, message);
  }, PERIOD_MS).unref();
}
