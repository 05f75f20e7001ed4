// A process that crashes at a chosen call, before or after the call takes effect. Nothing of it continues: what it
// awaits never settles, its open transaction rolls back, and no caller gets a reply.
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

export interface CrashPoint {
  /** The number of the process's call, from 0, or the first call of this name. */
  call: number | string;
  when: 'before' | 'after';
}

/** The calls of one process to the database, the queue and providers, in order. */
export interface CrashInjector {
  readonly calls: readonly string[];
  /** The crash points that together produce each state that a crash can leave, once. */
  points(): CrashPoint[];
  readonly crashed: boolean;
  /** Settles when the process crashes. */
  readonly whenCrashed: Promise<void>;
  /** Runs one call: counts it, and may crash. */
  run: <T>(label: string, work: () => Promise<T>) => Promise<T>;
}

class Crashed extends Error {}

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** What a crashed process awaits. */
const neverSettle = <T>(error: unknown): Promise<T> => {
  if (error instanceof Crashed) return never();
  throw error;
};

interface Switch extends CrashInjector {
  /** Throws Crashed instead of making the call. */
  arrive(label: string): number;
  /** Throws Crashed instead of returning the call's result. */
  leave(index: number): void;
}

function createInjector(crashPoint: CrashPoint | undefined): Switch {
  const calls: string[] = [];
  /** For each call: whether another one was in progress when it began. */
  const overlaps: boolean[] = [];
  let underWay = 0;
  let crashed = false;
  let tell = (): void => undefined;
  const whenCrashed = new Promise<void>((resolve) => (tell = resolve));
  const pass = (index: number, when: CrashPoint['when']): void => {
    if (!crashed && crashPoint?.when === when && (crashPoint.call === index || crashPoint.call === calls[index])) {
      crashed = true;
      tell();
    }
    if (crashed) throw new Crashed();
  };
  const arrive = (label: string): number => {
    const index = crashed ? -1 : calls.push(label) - 1;
    overlaps.push(underWay > 0);
    pass(index, 'before');
    underWay += 1;
    return index;
  };
  const leave = (index: number): void => {
    underWay -= 1;
    pass(index, 'after');
  };
  // A process affects others only by its calls. So a crash before a call that began after the last one ended equals a
  // crash after that one.
  const points = (): CrashPoint[] =>
    calls.flatMap((_, call) => [
      ...(call === 0 || overlaps[call] ? [{ call, when: 'before' } as const] : []),
      { call, when: 'after' } as const,
    ]);
  return {
    calls,
    points,
    get crashed() {
      return crashed;
    },
    whenCrashed,
    arrive,
    leave,
    run: (label, work) => counted({ arrive, leave }, label, work).catch(neverSettle) as ReturnType<typeof work>,
  };
}

async function counted<T>(
  injector: Pick<Switch, 'arrive' | 'leave'>,
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  const index = injector.arrive(label);
  const answer = await work();
  injector.leave(index);
  return answer;
}

type Run = CrashInjector['run'];

/** Part of the name of a statement that a mutant rewrote: a prepared name has one text. */
export const MUTATED = ' mutated ';

/** Every statement is a call. */
const watchedQuery =
  (query: Queryable['query'], run: Run): Queryable['query'] =>
  (statement, values) =>
    run(statement.name.split(MUTATED)[0] ?? '', () => query(statement, values));

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

function watchedDatabase(db: Services['db'], injector: Switch): Services['db'] {
  // a throw inside rolls back, like a lost connection
  const inside: Run = (label, work) => counted(injector, label, work);
  return {
    ...db,
    query: watchedQuery(db.query, injector.run),
    tables: watchedTables(db.tables, injector.run),
    transaction: async (work) => {
      let commit = -1;
      const committed = db.transaction(async (tx) => {
        const answer = await work({
          query: watchedQuery(tx.query, inside),
          tables: watchedTables(tx.tables, inside),
        });
        commit = injector.arrive('commit');
        return answer;
      });
      return committed
        .then((answer) => {
          injector.leave(commit);
          return answer;
        })
        .catch(neverSettle) as ReturnType<typeof work>;
    },
  };
}

export interface FaultyProcess {
  injector: CrashInjector;
  worker: Worker;
  /** The ids of the actions for which it has sent wake-ups. */
  wakeUps: string[];
}

export interface FaultyProcessOptions {
  services: Services;
  /** The executors, over this process's own connection to the providers. */
  executorsOf: (injector: CrashInjector) => Executor[];
  name: string;
  crashPoint?: CrashPoint | undefined;
}

/** Starts a process with fresh services and its own name, which runs until its crash point. */
export function startFaultyProcess({ services, executorsOf, name, crashPoint }: FaultyProcessOptions): FaultyProcess {
  const injector = createInjector(crashPoint);
  const wakeUps: string[] = [];
  const db = watchedDatabase(services.db, injector);
  const wake: Services['queue']['wake'] = ({ actionId }) => {
    injector.run('wake', async () => void wakeUps.push(actionId)).catch(() => undefined);
  };
  const timings = {
    ...DEFAULT_TIMINGS,
    heartbeatMs: 3_600_000,
    leaseMs: 7_200_000,
    backoffBaseMs: 1,
    timeoutMs: 4_000,
  };
  const executors = createRegistry({ executors: executorsOf(injector) });
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
  return { injector, worker, wakeUps };
}
