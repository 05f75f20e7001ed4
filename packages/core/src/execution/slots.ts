// Limits how many actions run in this process: in total, per type, and one quarantined action at a time. So neither a
// hanging type nor a poison action stops the others. A reserve serves workspaces that would otherwise wait for
// another's long runs. Held by slots.test.ts and fairness.test.ts.
import type { ActionRow } from '../action/row.ts';
import type { JsonObject } from '@proviso/contracts';
import { QUARANTINE_CRASHES } from '../action/sql/claim-due.ts';
import type { Registry } from '../executors/registry.ts';

/** The properties that decide which slots an action takes; the object itself releases them. */
type SlotUser = Pick<ActionRow, 'workspace_id' | 'type' | 'crashes'>;

/** The free slots that a claim may fill, besides a total. */
export interface FreeSlots {
  types: Record<string, number>;
  /** For each type that is not named. */
  others: number;
  quarantined: number;
  /** How many actions this process runs, by workspace. The lowest is next. */
  running: Record<string, number>;
}

type Claim = (count: number, free: FreeSlots) => Promise<ActionRow[]>;

export interface Slots {
  /** Returns false if no slot is free now; calls `onSlotFree` when one may be. */
  acquire(user: SlotUser, onSlotFree?: () => void): Promise<boolean>;
  release(user: SlotUser): void;
  /** Resolves when a slot may be free and no claim is in progress. */
  whenSlotFree(): Promise<void>;
  /**
   * Gives the slots to the actions that `claim` takes, at most `count`. Nobody else acquires a slot until it has
   * answered. If slots are then full, `onSlotFree` is called when one is free again.
   */
  claimInto(claim: Claim, onSlotFree?: () => void): Promise<ActionRow[]>;
  /**
   * Like `claimInto`, but from the reserve, and only while actions occupy slots that others may want. The claim is for
   * workspaces that run nothing here.
   */
  claimIntoReserve(claim: Claim): Promise<ActionRow[]>;
  /** Where this process continues its round of the workspaces. */
  round: JsonObject | null;
}

export interface SlotOptions {
  /** How many actions run at a time, not counting the reserve. */
  slots: number;
  executors: Registry;
  /** By type; overrides the executor's own limit. */
  limits?: ReadonlyMap<string, number>;
}

/** The size of the reserve for this many slots. */
export const reserveOf = (slots: number): number => Math.max(1, Math.floor(slots / 4));

/** The first pool that a slot counts for. */
type Total = typeof ALL | typeof RESERVE;
type Pool = Total | typeof QUARANTINED | string;
const ALL = Symbol('all');
const RESERVE = Symbol('reserve');
const QUARANTINED = Symbol('quarantined');

export function createSlots(options: SlotOptions): Slots {
  const limits = limitsOf(options);
  const counts = createCounts(limits.of);
  let claiming: Promise<unknown> = Promise.resolve();

  const freeSlots = (ofType: (type: string) => number): FreeSlots => ({
    types: Object.fromEntries([...limits.types(), ...counts.types()].map((type) => [type, ofType(type)])),
    others: limits.others,
    quarantined: counts.free(QUARANTINED),
    running: counts.running(),
  });
  const whenClaimed = (): Promise<void> => lastOf(() => claiming);
  const exclusively = (
    pool: Total,
    claim: () => Promise<ActionRow[]>,
    onSlotFree?: () => void,
  ): Promise<ActionRow[]> => {
    const taken = claiming.then(async () => {
      const actions = await claim();
      for (const action of actions) counts.add(action, limits.poolsOf(action, pool));
      if (onSlotFree) for (const full of counts.full()) counts.wait(full, onSlotFree);
      return actions;
    });
    claiming = taken.catch(() => undefined);
    return taken;
  };

  return {
    round: null,
    acquire: async (user, onSlotFree) => {
      await whenClaimed();
      const pools = limits.poolsOf(user, ALL);
      const full = pools.find((pool) => counts.free(pool) === 0);
      if (full === undefined) counts.add(user, pools);
      else if (onSlotFree) counts.wait(full, onSlotFree);
      return full === undefined;
    },
    release: counts.remove,
    whenSlotFree: async () => {
      await whenClaimed();
      if (counts.free(ALL) === 0) await new Promise<void>((resolve) => counts.wait(ALL, resolve));
    },
    claimInto: (claim, onSlotFree) =>
      exclusively(ALL, () => ifFree(counts.free(ALL), (count) => claim(count, freeSlots(counts.free))), onSlotFree),
    claimIntoReserve: (claim) =>
      exclusively(RESERVE, async () => {
        if (counts.full().every((pool) => pool === RESERVE)) return []; // nobody waits for a slot
        // A type's default limit does not apply to the reserve.
        const ofType = (type: string): number => counts.free(limits.isConfigured(type) ? type : RESERVE);
        return ifFree(counts.free(RESERVE), (count) => claim(count, { ...freeSlots(ofType), others: count }));
      }),
  };
}

const ifFree = async (count: number, claim: (count: number) => Promise<ActionRow[]>): Promise<ActionRow[]> =>
  count > 0 ? claim(count) : [];

/** Resolves with the latest promise, even if it is replaced while waiting. */
async function lastOf(current: () => Promise<unknown>): Promise<void> {
  for (let seen: unknown; seen !== current();) await (seen = current());
}

function limitsOf({ slots, executors, limits = new Map() }: SlotOptions) {
  const others = Math.max(1, Math.floor(slots * 0.75));
  /** Undefined: no limit is configured for this type. */
  const configured = (type: string): number | undefined => limits.get(type) ?? executors.get(type)?.concurrency;
  const isConfigured = (type: string): boolean => configured(type) !== undefined;
  const of = (pool: Pool): number => {
    if (pool === ALL) return slots;
    if (pool === RESERVE) return reserveOf(slots);
    if (pool === QUARANTINED) return 1;
    return configured(pool) ?? others;
  };
  const poolsOf = ({ type, crashes }: SlotUser, first: Total): Pool[] => [
    first,
    ...(first === ALL || isConfigured(type) ? [type] : []),
    ...(crashes < QUARANTINE_CRASHES ? [] : [QUARANTINED as Pool]),
  ];
  return { others, isConfigured, of, poolsOf, types: (): string[] => [...executors.types(), ...limits.keys()] };
}

/** Counts who holds which slots and who waits for one. */
function createCounts(limitOf: (pool: Pool) => number) {
  /** Keyed by object: a wake-up and a sweep may try the same action at the same time. */
  const users = new Map<SlotUser, Pool[]>();
  const taken = new Map<Pool, number>();
  const waiting = new Map<Pool, Set<() => void>>();
  const free = (pool: Pool): number => Math.max(0, limitOf(pool) - (taken.get(pool) ?? 0));
  const change = (pool: Pool, by: 1 | -1): void => {
    const now = (taken.get(pool) ?? 0) + by;
    if (now > 0) taken.set(pool, now);
    else taken.delete(pool);
  };
  return {
    free,
    full: (): Pool[] => [...taken.keys()].filter((pool) => free(pool) === 0),
    /** The types that are running. */
    types: (): string[] => [...taken.keys()].filter((pool) => typeof pool === 'string'),
    running: (): Record<string, number> => {
      const running: Record<string, number> = {};
      for (const { workspace_id: id } of users.keys()) running[id] = (running[id] ?? 0) + 1;
      return running;
    },
    add: (user: SlotUser, pools: Pool[]): void => {
      users.set(user, pools);
      for (const pool of pools) change(pool, 1);
    },
    remove: (user: SlotUser): void => {
      const pools = users.get(user) ?? [];
      users.delete(user);
      for (const pool of pools) change(pool, -1);
      const callbacks = pools.flatMap((pool) => [...(waiting.get(pool) ?? [])]);
      for (const pool of pools) waiting.delete(pool);
      for (const onSlotFree of new Set(callbacks)) onSlotFree();
    },
    /** Calls `onSlotFree` once, when a slot of the pool is released. */
    wait: (pool: Pool, onSlotFree: () => void): void => {
      waiting.set(pool, (waiting.get(pool) ?? new Set()).add(onSlotFree));
    },
  };
}
