// Who may run in this process: so many of a type at a time, and one of those that were lost twice with a worker. So
// neither a type that hangs nor an action that kills its process takes all others with it. Held by room.test.ts.
import type { ActionRow } from '../actions/row.ts';
import { SUSPECT_CRASHES } from '../actions/statements.ts';
import type { Registry } from './registry.ts';

/** What decides where an action belongs. */
export type Seat = Pick<ActionRow, 'type' | 'crashes' | 'direct'>;

/** What a claim that picks by itself may take, besides a number in all: so many of each type, and of the suspects. */
export interface Vacancy {
  types: Record<string, number>;
  /** Of each type that is not named. */
  others: number;
  suspects: number;
}

export interface Room {
  /** False = no room for it now: `again` is called when there may be, those that are `direct` first. */
  enter(seat: Seat, again?: () => void): Promise<boolean>;
  leave(seat: Seat): void;
  /**
   * Lets in what a claim takes, at most `count`; nobody else enters until it has answered. `again` is called when what is
   * full then has room again.
   */
  fill(claim: (count: number, vacancy: Vacancy) => Promise<ActionRow[]>, again?: () => void): Promise<ActionRow[]>;
}

export interface RoomOptions {
  /** Actions at a time. */
  hands: number;
  executors: Registry;
  /** By type, in place of what its executor says. */
  limits?: ReadonlyMap<string, number>;
}

/** What seats are counted by: all of them, their type, and whether it is a suspect. */
type Pool = string | typeof HANDS | typeof SUSPECTS;
const HANDS = Symbol('hands');
const SUSPECTS = Symbol('suspects');
/** Rings that wait for one pool; the last beyond that are dropped, and what they were for is found by a sweep. */
const WAITING_MAX = 1_000;

const poolsOf = ({ type, crashes }: Seat): Pool[] =>
  crashes < SUSPECT_CRASHES ? [HANDS, type] : [HANDS, type, SUSPECTS];

export function createRoom({ hands, executors, limits = new Map() }: RoomOptions): Room {
  const others = Math.max(1, Math.floor(hands * 0.75));
  const taken = new Map<Pool, number>();
  const lines = createLines();
  let claiming: Promise<unknown> = Promise.resolve();

  const limitOf = (pool: Pool): number => {
    if (pool === HANDS) return hands;
    if (pool === SUSPECTS) return 1;
    return limits.get(pool) ?? executors.get(pool)?.concurrency ?? others;
  };
  const free = (pool: Pool): number => Math.max(0, limitOf(pool) - (taken.get(pool) ?? 0));
  const count = (seat: Seat, change: 1 | -1): void => {
    for (const pool of poolsOf(seat)) {
      const now = (taken.get(pool) ?? 0) + change;
      if (now === 0) taken.delete(pool);
      else taken.set(pool, now);
    }
  };
  const vacancy = (): Vacancy => {
    const named = [...executors.types(), ...limits.keys(), ...taken.keys()].filter((pool) => typeof pool === 'string');
    return { types: Object.fromEntries(named.map((type) => [type, free(type)])), others, suspects: free(SUSPECTS) };
  };
  const claimed = async (): Promise<void> => {
    for (let seen: unknown; seen !== claiming;) await (seen = claiming);
  };

  return {
    enter: async (seat, again) => {
      await claimed();
      const full = poolsOf(seat).find((pool) => pool !== HANDS && free(pool) === 0); // the queue counts hands by itself
      if (full === undefined) count(seat, 1);
      else if (again) lines.join(full, again, seat.direct);
      return full === undefined;
    },
    leave: (seat) => {
      count(seat, -1);
      for (const pool of poolsOf(seat)) lines.callNext(pool);
    },
    fill: (claim, again) => {
      const filled = claiming.then(async () => {
        const actions = free(HANDS) > 0 ? await claim(free(HANDS), vacancy()) : [];
        for (const action of actions) count(action, 1);
        if (again) for (const pool of taken.keys()) if (free(pool) === 0) lines.join(pool, again);
        return actions;
      });
      claiming = filled.catch(() => undefined);
      return filled;
    },
  };
}

/** Those who wait for a pool, each in its line. */
function createLines() {
  const lines = new Map<Pool, (() => void)[]>();
  return {
    join: (pool: Pool, again: () => void, first = false): void => {
      const line = lines.get(pool) ?? [];
      lines.set(pool, line);
      if (line.includes(again)) return;
      if (first) line.unshift(again);
      else line.push(again);
      line.splice(WAITING_MAX);
    },
    callNext: (pool: Pool): void => {
      const line = lines.get(pool);
      const again = line?.shift();
      if (line?.length === 0) lines.delete(pool);
      again?.();
    },
  };
}
