import type { Logger } from 'pino';

export interface Sweep {
  /** Takes the next turn at once, or right after the one under way. */
  soon: () => void;
  stop(): void;
  /** Settles when no turn is under way. */
  idle(): Promise<void>;
}

/**
 * Takes turns for as long as the process lives: one after the other, `everyMs` apart with some jitter so that a fleet does not move
 * in step, and again at once after a turn that found something. A turn that fails is logged, and the next one comes.
 */
export function startSweep(name: string, everyMs: number, log: Logger, turn: () => Promise<number>): Sweep {
  let stopped = false;
  let isTaking = false;
  let isWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();

  const take = async (): Promise<void> => {
    let found = 0;
    isTaking = true;
    isWanted = false;
    try {
      found = await turn();
    } catch (err) {
      log.error({ err, sweep: name }, 'a sweep failed');
    }
    isTaking = false;
    if (!stopped) schedule(found > 0 || isWanted ? 0 : everyMs * (0.8 + Math.random() * 0.2));
  };
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => {
      current = take();
    }, delayMs);
  };
  schedule(Math.random() * everyMs);
  return {
    soon: () => {
      isWanted = true;
      if (stopped || isTaking) return;
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
