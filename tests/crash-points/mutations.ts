// Mutations wrap the product and never change it: they rewrite a statement on its way to the database, or wrap an
// executor.
import {
  clearedHash,
  createRegistry,
  hashJson,
  statement,
  type ActionRow,
  type Statement,
  type Transaction,
  type Worker,
} from '@proviso/core';
import type { Executor } from '@proviso/core/executor';
import { MUTATED } from '@proviso/testing';
import type { Mutation } from './simulation.ts';

type Query = Worker['db']['query'];

const withQuery = (worker: Worker, query: Query): Worker => ({ ...worker, db: { ...worker.db, query } });

/** Rewrites these statements, also inside transactions; throws if a rewrite changes nothing. */
export const rewriting =
  (names: string[], change: (text: string) => string): Mutation =>
  (worker) => {
    const { db } = worker;
    const rewrite = <Params extends object, Row extends object>(
      given: Statement<Params, Row>,
    ): Statement<Params, Row> => {
      if (!names.includes(given.name)) return given;
      const sql = given.text.replaceAll(/\$(\d+)/g, (_, place: string) => `:${given.params[Number(place) - 1]}`);
      const changed = change(sql);
      if (changed === sql) throw new Error(`nothing to rewrite in ${given.name}`);
      return statement<never, Row>(`${given.name}${MUTATED}${hashJson(changed).slice(0, 8)}`, changed);
    };
    const mutated =
      (query: Query): Query =>
      (given, params) =>
        query(rewrite(given), params);
    const transaction: typeof db.transaction = (work) =>
      db.transaction((tx) => work({ ...tx, query: mutated(tx.query) }));
    return { ...worker, db: { ...db, query: mutated(db.query), transaction } };
  };

/** A statement that finds nothing. */
export const findingNothing =
  (name: string): Mutation =>
  (worker) =>
    withQuery(worker, async (given, params) => (given.name === name ? [] : worker.db.query(given, params)));

export const wrapping =
  (type: string, change: (executor: Executor) => Partial<Executor>): Mutation =>
  (worker) => {
    const executors = worker.executors.types().flatMap((name) => worker.executors.get(name) ?? []);
    const wrapped = executors.map((executor) =>
      executor.type === type ? { ...executor, ...change(executor) } : executor,
    );
    return { ...worker, executors: createRegistry({ executors: wrapped }) };
  };

export const both =
  (...mutations: Mutation[]): Mutation =>
  (worker) =>
    mutations.reduce((mutated, mutate) => mutate(mutated), worker);

/** Disables the check of the hash: the row's content passes for what was cleared. */
export const skippingHash: Mutation = (worker) =>
  withQuery(worker, async (given, params) => {
    const rows = await worker.db.query(given, params);
    if (!given.name.startsWith('action_claim')) return rows;
    return rows.map((row) => {
      const { action } = row as { action?: ActionRow | null };
      return action ? { ...row, action: signed(action, worker) } : row;
    });
  });

function signed(action: ActionRow, worker: Worker): ActionRow {
  const scheduled_time = action.scheduled_time && new Date(action.scheduled_time);
  const cleared_hash = clearedHash(
    { ...action, scheduled_time, identity_version: action.cleared_identity_version },
    worker.executors,
  );
  return { ...action, cleared_hash };
}

/** Does the work, and rolls it back. */
async function rolledBack<T>({ transaction }: Worker['db'], work: (tx: Transaction) => Promise<T>): Promise<T> {
  const undo = new Error('rolled back');
  let answer: T | undefined;
  const lost = transaction(async (tx) => {
    answer = await work(tx);
    throw undo;
  });
  await lost.catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return answer as T;
}

/** A statement that answers, and is not committed. */
export const uncommitted =
  (name: string): Mutation =>
  (worker) =>
    withQuery(worker, (given, params) =>
      given.name === name ? rolledBack(worker.db, (tx) => tx.query(given, params)) : worker.db.query(given, params),
    );

/** A transaction that answers, and is not committed. */
export const withoutCommit: Mutation = (worker) => ({
  ...worker,
  db: { ...worker.db, transaction: (work) => rolledBack(worker.db, work) },
});

/** Never finds an Idempotency-Key that was used before. */
export const findingNoKey: Mutation = (worker) => {
  const { tables } = worker.db;
  const idempotency_keys = { ...tables.idempotency_keys, findUnique: async () => null };
  return { ...worker, db: { ...worker.db, tables: { ...tables, idempotency_keys } as typeof tables } };
};

/** Look-ups that find by id alone, in any workspace. */
export const ignoringWorkspace = (...names: string[]): Mutation =>
  rewriting(names, (text) => text.replace(/\w\.workspace_id = (:workspace::uuid)/, '$1 is not null'));
