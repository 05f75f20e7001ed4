import { AppError } from '@proviso/core';

/** Replies with lists that are made at one time, in all and for one workspace: each takes up memory until it is sent. */
const SLOTS = 6;
const SLOTS_OF_ONE = 3;
/** Requests of one workspace that may wait for a slot. */
const WAITING_MAX = 100;

export interface ReadSlots {
  /** Runs the work once there is a slot; workspaces take turns. Throws UNAVAILABLE when too many wait. */
  run<T>(workspaceId: string, work: () => Promise<T>): Promise<T>;
}

export function createReadSlots(): ReadSlots {
  const taken = new Map<string, number>();
  /** By workspace, whose turn is next first. */
  const waiting = new Map<string, (() => void)[]>();
  let inAll = 0;

  const isFree = (workspaceId: string): boolean => inAll < SLOTS && (taken.get(workspaceId) ?? 0) < SLOTS_OF_ONE;

  const count = (workspaceId: string, change: 1 | -1): void => {
    const now = (taken.get(workspaceId) ?? 0) + change;
    if (now === 0) taken.delete(workspaceId);
    else taken.set(workspaceId, now);
    inAll += change;
  };

  const wait = (workspaceId: string): Promise<void> =>
    new Promise((go) => {
      const line = waiting.get(workspaceId) ?? [];
      if (line.length >= WAITING_MAX)
        throw new AppError('UNAVAILABLE', 'Too many lists of this workspace are being read. Try again shortly.');
      line.push(go);
      waiting.set(workspaceId, line);
    });

  const callNext = (): void => {
    for (const [workspaceId, line] of waiting) {
      if (!isFree(workspaceId)) continue;
      waiting.delete(workspaceId);
      const go = line.shift();
      if (line.length > 0) waiting.set(workspaceId, line); // behind the others
      count(workspaceId, 1);
      go?.();
      return;
    }
  };

  return {
    run: async (workspaceId, work) => {
      if (isFree(workspaceId) && !waiting.has(workspaceId)) count(workspaceId, 1);
      else await wait(workspaceId);
      try {
        return await work();
      } finally {
        count(workspaceId, -1);
        callNext();
      }
    },
  };
}
