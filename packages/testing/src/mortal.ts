import type { Database, Transaction } from '@proviso/core';

export type Death = 'before' | 'after';

/** A worker's database connection that is cut for good at a step; `lived` = the run took fewer. */
export interface MortalDatabase {
  db: Database;
  lived: () => boolean;
}

/**
 * Counts every statement, table access and transaction as a step. At step number `diesAt` the worker is gone: before it was
 * sent, or after it was done and before the answer came. Nothing that it still does reaches the database.
 */
export function mortal(db: Database, diesAt: number, death: Death): MortalDatabase {
  let steps = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Error('this worker was killed');
  };
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) die();
    steps += 1;
    const mine = steps;
    if (mine === diesAt && death === 'before') die();
    const answer = await work();
    return mine === diesAt ? die() : answer;
  };
  const stepping = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (of, name) => {
        const found: unknown = Reflect.get(of, name);
        if (typeof found !== 'function') return found;
        return (...args: unknown[]) => step(async () => (await Reflect.apply(found, of, args)) as unknown);
      },
    });
  const within = ({ tables, query }: Transaction): Transaction => ({
    tables: new Proxy(tables, { get: (of, name) => stepping(Reflect.get(of, name) as object) }),
    query: (statement, values) => step(() => query(statement, values)),
  });
  const wrapped = {
    ...db,
    ...within(db),
    transaction: <T>(work: (tx: Transaction) => Promise<T>) => step(() => db.transaction((tx) => work(within(tx)))),
  };
  return { db: wrapped, lived: () => !dead };
}
