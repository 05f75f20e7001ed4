import { useSyncExternalStore } from 'react';

const STEP_MS = 15_000;
let now = Date.now();

const subscribe = (changed: () => void): (() => void) => {
  const timer = setInterval(() => {
    now = Date.now();
    changed();
  }, STEP_MS);
  return () => clearInterval(timer);
};

/** The time, to the quarter of a minute: what shows an age is drawn anew by it. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
