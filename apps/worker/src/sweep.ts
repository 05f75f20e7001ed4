import { sweepPassed } from '@proviso/core';
import type { Logger } from 'pino';

export interface Sweep {
  /** Runs the next pass at once, or right after the one in progress. */
  runSoon: () => void;
  stop(): void;
  /** Resolves when no pass is in progress. */
  idle(): Promise<void>;
}

/**
 * Runs passes one after the other for the life of the process: `everyMs` apart with jitter, so that a fleet does not
 * move in step, and at once after a pass that found something. Logs a pass that fails, and continues.
 */
export function startSweep(name: string, everyMs: number, log: Logger, pass: () => Promise<number>): Sweep {
  let stopped = false;
  let isPassing = false;
  let isWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();

  const runPass = async (): Promise<void> => {
    let found: number | undefined;
    isPassing = true;
    isWanted = false;
    try {
      found = await pass();
    } catch (err) {
      log.error({ err, sweep: name }, 'a sweep failed');
    }
    isPassing = false;
    sweepPassed.publish({ sweep: name, found });
    if (!stopped) schedule((found ?? 0) > 0 || isWanted ? 0 : everyMs * (0.8 + Math.random() * 0.2));
  };
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => {
      current = runPass();
    }, delayMs);
  };
  schedule(Math.random() * everyMs);
  return {
    runSoon: () => {
      isWanted = true;
      if (stopped || isPassing) return;
      clearTimeout(timer);
      schedule(0);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
    idle: () => current,
  };
}
