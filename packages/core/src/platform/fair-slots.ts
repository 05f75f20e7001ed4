// Slots that tenants share. One tenant may hold only a part of them, and waiting tenants take turns, however many
// requests of one wait. Held by fair-slots.test.ts.

export interface FairSlots {
  /** Resolves with a function that releases the slot, to be called once; undefined = no slot became free in time. */
  take(tenant: string, waitMs?: number): Promise<(() => void) | undefined>;
  /** How many requests of the tenant wait. */
  waiting(tenant: string): number;
  /** How many requests of all tenants wait. */
  waitingInAll(): number;
}

export interface FairSlotsOptions {
  slots: number;
  /** How many slots one tenant may hold. */
  slotsOf: (tenant: string) => number;
}

export function createFairSlots({ slots, slotsOf }: FairSlotsOptions): FairSlots {
  const taken = new Map<string, number>();
  const queues = createQueues();
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
      if (isFree(tenant) && queues.waiting(tenant) === 0) count(tenant, 1);
      else if (!(await queues.wait(tenant, waitMs))) return undefined; // whoever called it has counted the slot
      return () => {
        count(tenant, -1);
        queues.callNext(isFree, (next) => count(next, 1));
      };
    },
    waiting: queues.waiting,
    waitingInAll: queues.waitingInAll,
  };
}

/** One queue per tenant; the queues take turns. */
function createQueues() {
  /** By tenant, next in turn first. */
  const queues = new Map<string, Set<(isCalled: boolean) => void>>();

  const leave = (tenant: string, one: (isCalled: boolean) => void): void => {
    const queue = queues.get(tenant);
    queue?.delete(one);
    if (queue?.size === 0) queues.delete(tenant);
  };

  return {
    waiting: (tenant: string): number => queues.get(tenant)?.size ?? 0,
    waitingInAll: (): number => [...queues.values()].reduce((all, { size }) => all + size, 0),
    /** Resolves to true when it is called, and to false when the time is over. */
    wait: (tenant: string, waitMs: number | undefined): Promise<boolean> =>
      new Promise((resolve) => {
        const settle = (isCalled: boolean): void => {
          clearTimeout(timer);
          leave(tenant, settle);
          resolve(isCalled);
        };
        const timer = waitMs === undefined ? undefined : setTimeout(settle, waitMs, false).unref();
        queues.set(tenant, (queues.get(tenant) ?? new Set()).add(settle));
      }),
    callNext: (mayGo: (tenant: string) => boolean, going: (tenant: string) => void): void => {
      for (const [tenant, queue] of queues) {
        if (!mayGo(tenant)) continue;
        queues.delete(tenant);
        queues.set(tenant, queue); // to the end of the turns
        going(tenant);
        const [next] = queue;
        next?.(true);
        return;
      }
    },
  };
}
