// Slots that tenants share. One tenant may hold only a part of them, and waiting tenants take turns, however many
// requests of one wait. Held by fair-slots.test.ts.

export interface FairSlots {
  /** Resolves with a function that releases the slot, to be called once; undefined = no slot became free in time. */
  take(tenant: string, waitMs?: number): Promise<(() => void) | undefined>;
  /** How many requests of the tenant wait. */
  waiting(tenant: string): number;
}

export interface FairSlotsOptions {
  slots: number;
  /** How many slots one tenant may hold. */
  slotsOf: (tenant: string) => number;
}

export function createFairSlots({ slots, slotsOf }: FairSlotsOptions): FairSlots {
  const taken = new Map<string, number>();
  const lines = createLines();
  let inAll = 0;

  const isFree = (tenant: string): boolean => inAll < slots && (taken.get(tenant) ?? 0) < slotsOf(tenant);

  const count = (tenant: string, change: 1 | -1): void => {
    const now = (taken.get(tenant) ?? 0) + change;
    if (now === 0) taken.delete(tenant);
    else taken.set(tenant, now);
    inAll += change;
  };

  return {
    take: async (tenant, waitMs) => {
      if (isFree(tenant) && lines.waiting(tenant) === 0) count(tenant, 1);
      else if (!(await lines.wait(tenant, waitMs))) return undefined; // whoever called it has counted the slot
      return () => {
        count(tenant, -1);
        lines.callNext(isFree, (next) => count(next, 1));
      };
    },
    waiting: lines.waiting,
  };
}

/** One queue per tenant; the queues take turns. */
function createLines() {
  /** By tenant, next in turn first. */
  const lines = new Map<string, Set<(isCalled: boolean) => void>>();

  const leave = (tenant: string, one: (isCalled: boolean) => void): void => {
    const line = lines.get(tenant);
    line?.delete(one);
    if (line?.size === 0) lines.delete(tenant);
  };

  return {
    waiting: (tenant: string): number => lines.get(tenant)?.size ?? 0,
    /** Resolves to true when it is called, and to false when the time is over. */
    wait: (tenant: string, waitMs: number | undefined): Promise<boolean> =>
      new Promise((resolve) => {
        const settle = (isCalled: boolean): void => {
          clearTimeout(timer);
          leave(tenant, settle);
          resolve(isCalled);
        };
        const timer = waitMs === undefined ? undefined : setTimeout(settle, waitMs, false).unref();
        lines.set(tenant, (lines.get(tenant) ?? new Set()).add(settle));
      }),
    callNext: (mayGo: (tenant: string) => boolean, going: (tenant: string) => void): void => {
      for (const [tenant, line] of lines) {
        if (!mayGo(tenant)) continue;
        lines.delete(tenant);
        lines.set(tenant, line); // to the end of the turns
        going(tenant);
        const [next] = line;
        next?.(true);
        return;
      }
    },
  };
}
