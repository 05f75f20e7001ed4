// A process that dies at a chosen call, before or after the call has taken effect. From then on nothing of it goes on:
// what it waits for never comes, its open transaction rolls back, and nobody hears an answer.
import {
  createLeases,
  createRegistry,
  createSlots,
  DEFAULT_TIMINGS,
  type Queryable,
  type Services,
  type Worker,
} from '@proviso/core';
import type { Executor } from '@proviso/core/executor';

export interface Strike {
  /** Which of the process's calls, from 0, or the first of this name. */
  call: number | string;
  when: 'before' | 'after';
}

/** Calls of one process to the database, the queue and providers, in order. */
export interface Doom {
  readonly calls: readonly string[];
  /** Where to die so that each state that a death can leave is left once, by any call. */
  points(): Strike[];
  readonly dead: boolean;
  /** Settles when the process dies. */
  readonly died: Promise<void>;
  /** One call: counted, and perhaps the last. */
  run<T>(label: string, work: () => Promise<T>): Promise<T>;
}

class Died extends Error {}

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** What a dead process waits for. */
const unheard = <T>(error: unknown): Promise<T> => {
  if (error instanceof Died) return never();
  throw error;
};

interface Switch extends Doom {
  /** Throws Died in place of a call. */
  arrive(label: string): number;
  /** Throws Died in place of the call's answer. */
  leave(index: number): void;
}

function createSwitch(strike: Strike | undefined): Switch {
  const calls: string[] = [];
  /** Of each call, whether another one was under way when it began. */
  const overlaps: boolean[] = [];
  let underWay = 0;
  let dead = false;
  let tell = (): void => undefined;
  const died = new Promise<void>((resolve) => (tell = resolve));
  const pass = (index: number, when: Strike['when']): void => {
    if (!dead && strike?.when === when && (strike.call === index || strike.call === calls[index])) {
      dead = true;
      tell();
    }
    if (dead) throw new Died();
  };
  const arrive = (label: string): number => {
    const index = dead ? -1 : calls.push(label) - 1;
    overlaps.push(underWay > 0);
    pass(index, 'before');
    underWay += 1;
    return index;
  };
  const leave = (index: number): void => {
    underWay -= 1;
    pass(index, 'after');
  };
  // Calls are all that a process does to others: to die before one that began when the last was over is to die after that.
  const points = (): Strike[] =>
    calls.flatMap((_, call) => [
      ...(call === 0 || overlaps[call] ? [{ call, when: 'before' } as const] : []),
      { call, when: 'after' } as const,
    ]);
  return {
    calls,
    points,
    get dead() {
      return dead;
    },
    died,
    arrive,
    leave,
    run: (label, work) => counted({ arrive, leave }, label, work).catch(unheard) as ReturnType<typeof work>,
  };
}

async function counted<T>(doom: Pick<Switch, 'arrive' | 'leave'>, label: string, work: () => Promise<T>): Promise<T> {
  const index = doom.arrive(label);
  const answer = await work();
  doom.leave(index);
  return answer;
}

type Run = Doom['run'];

/** In the name of a statement that a planted bug has rewritten: one prepared name has one text. */
export const PLANTED = ' planted ';

/** Every statement is a call. */
const watchedQuery =
  (query: Queryable['query'], run: Run): Queryable['query'] =>
  (statement, values) =>
    run(statement.name.split(PLANTED)[0] ?? '', () => query(statement, values));

/** Every query of every table is a call. */
function watchedTables(tables: Services['db']['tables'], run: Run): Services['db']['tables'] {
  const watch = (table: object, name: string): object =>
    new Proxy(table, {
      get: (target, method) => {
        const ask = Reflect.get(target, method) as ((query: unknown) => Promise<unknown>) | undefined;
        if (typeof ask !== 'function' || typeof method !== 'string') return ask;
        return (query: unknown) => run(`${name}.${method}`, async () => ask.call(target, query));
      },
    });
  return new Proxy(tables, {
    get: (target, name) => {
      const table = Reflect.get(target, name) as object | undefined;
      return typeof name === 'string' && typeof table === 'object' && !name.startsWith('$')
        ? watch(table, name)
        : table;
    },
  });
}

function watchedDatabase(db: Services['db'], doom: Switch): Services['db'] {
  const inside: Run = (label, work) => counted(doom, label, work); // a throw inside rolls back, as a lost connection does
  return {
    ...db,
    query: watchedQuery(db.query, doom.run),
    tables: watchedTables(db.tables, doom.run),
    transaction: async (work) => {
      let commit = -1;
      const committed = db.transaction(async (tx) => {
        const answer = await work({
          query: watchedQuery(tx.query, inside),
          tables: watchedTables(tx.tables, inside),
        });
        commit = doom.arrive('commit');
        return answer;
      });
      return committed
        .then((answer) => {
          doom.leave(commit);
          return answer;
        })
        .catch(unheard) as ReturnType<typeof work>;
    },
  };
}

export interface Doomed {
  doom: Doom;
  worker: Worker;
  /** Ids that it has rung for. */
  bells: string[];
}

export interface DoomedOptions {
  services: Services;
  /** The executors over this process's own way to the providers. */
  executorsOf: (doom: Doom) => Executor[];
  name: string;
  strike?: Strike | undefined;
}

/** Starts a process: fresh services, with a name of its own, that lives until its strike. */
export function startDoomed({ services, executorsOf, name, strike }: DoomedOptions): Doomed {
  const doom = createSwitch(strike);
  const bells: string[] = [];
  const db = watchedDatabase(services.db, doom);
  const wake: Services['queue']['wake'] = ({ actionId }) => {
    doom.run('ring', async () => void bells.push(actionId)).catch(() => undefined);
  };
  const timings = {
    ...DEFAULT_TIMINGS,
    heartbeatMs: 3_600_000,
    leaseMs: 7_200_000,
    backoffBaseMs: 1,
    timeoutMs: 4_000,
  };
  const executors = createRegistry({ executors: executorsOf(doom) });
  const worker: Worker = {
    ...services,
    db,
    queue: { ...services.queue, wake },
    executors,
    actor: { kind: 'system', id: name, name },
    leases: createLeases(db, services.log, timings),
    slots: createSlots({ slots: 16, executors }),
    timings,
  };
  return { doom, worker, bells };
}
