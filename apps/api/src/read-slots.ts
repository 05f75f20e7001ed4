import { AppError, createFairSlots } from '@proviso/core';

/** How many list replies are built at a time, in total and per workspace. Each uses memory until it is sent. */
const SLOTS = 6;
const SLOTS_OF_ONE = 3;
/** How many requests of one workspace may wait for a slot. */
const WAITING_MAX = 100;

export interface ReadSlots {
  /** Runs the work in a slot, in turn with other workspaces. Throws UNAVAILABLE when too many wait. */
  run<T>(workspaceId: string, work: () => Promise<T>): Promise<T>;
}

export function createReadSlots(): ReadSlots {
  const slots = createFairSlots({ slots: SLOTS, slotsOf: () => SLOTS_OF_ONE });
  return {
    run: async (workspaceId, work) => {
      if (slots.waiting(workspaceId) >= WAITING_MAX)
        throw new AppError('UNAVAILABLE', 'This workspace is reading too many lists at once. Try again shortly.');
      const giveBack = await slots.take(workspaceId);
      try {
        return await work();
      } finally {
        giveBack?.();
      }
    },
  };
}
