import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { AppError } from './errors.ts';
import { FairPool, tenantNow } from './fair-pool.ts';
import { valuesOf, type Statement } from './statement.ts';
import { createGroups, type Groups, type Run } from './together.ts';
import { Prisma, PrismaClient } from '../generated/client.ts';

/** Runs statements: each by itself on the pool, or inside a transaction. */
export interface Queryable {
  query: <Params extends object, Row extends object>(
    statement: Statement<Params, Row>,
    params: NoInfer<Params>,
  ) => Promise<Row[]>;
}

export type Tables = Omit<PrismaClient, `$${string}`>;

/** NULL for a nullable JSON column. */
export const { DbNull } = Prisma;

export type Sql = Prisma.Sql;

/** Builds SQL from pieces. An interpolated value becomes a parameter or a piece, never text. */
export const sql = Object.assign(Prisma.sql, { join: Prisma.join, raw: Prisma.raw, empty: Prisma.empty });

/** A built piece of SQL as a statement with its parameters, which are named by their places. */
export const statementOf = <Row extends object>({ sql: text, text: numbered, values }: Sql) => {
  const params = values.map((_, place) => String(place));
  const built: Statement<object, Row> = { name: nameStatement({ sql: text }), text: numbered, params };
  return [built, values as object] as const;
};

/** An open transaction: ordinary queries through `tables`, hot statements through `query`. */
export interface Transaction extends Queryable {
  tables: Tables;
}

export interface Database extends Transaction {
  pool: pg.Pool;
  /** About how many requests of that workspace or address wait for the database; see forTenant. */
  waitingOf(tenant: string): number;
  /** How many statements of all tenants wait for a connection. */
  waitingInAll(): number;
  /** Refuse by throwing: a throw rolls everything back. Use no network and no queue inside; see assertNoTransaction. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  poolMax?: number;
  /** Visible in pg_stat_activity. */
  name?: string;
  /** The limit of one statement. After it, the connection counts as dead and is replaced. */
  queryTimeoutMs?: number;
}

export const QUERY_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const TRANSACTION_TIMEOUT_MS = 30_000;

/** Opens one pool, used by both prepared statements and Prisma. Connects lazily; every await on it has a limit. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolMax = 8, name = 'proviso', queryTimeoutMs = QUERY_TIMEOUT_MS } = options;
  const pool = new FairPool({
    connectionString: url,
    max: poolMax,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT_MS, queryTimeoutMs),
    statement_timeout: Math.ceil(queryTimeoutMs * 0.9), // the server gives up first, while it can still answer
    query_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: queryTimeoutMs, // a client that is gone must not keep its locks
  });
  pool.on('error', () => undefined); // an idle connection broke; the pool replaces it, and the next query says so if it cannot
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: nameStatement }) });
  const run = async (statement: Statement, params: object): Promise<object[]> => {
    const values = valuesOf(statement, params);
    return (await pool.query<object>({ name: statement.name, text: statement.text, values })).rows;
  };
  const groups = createGroups(run, tenantNow);
  return {
    pool,
    waitingOf: (tenant) => pool.waitingOf(tenant) + groups.waitingOf(tenant),
    waitingInAll: () => pool.waitingInAll(),
    tables: prisma,
    query: queryBy(run, groups),
    transaction: async (work) => {
      const committed: (() => void)[] = [];
      const result = await prisma.$transaction(
        (tx) => {
          let previous: Promise<unknown> = Promise.resolve();
          const runInTx: Run = (statement, params) => {
            const send = () => tx.$queryRawUnsafe<object[]>(statement.text, ...valuesOf(statement, params));
            const rows = previous.then(send, send); // a connection runs one statement at a time
            previous = rows;
            return rows;
          };
          const queryInTx = queryBy(runInTx, createGroups(runInTx, tenantNow));
          return open.run(committed, () => work({ tables: tx, query: queryInTx }));
        },
        { maxWait: 5_000, timeout: TRANSACTION_TIMEOUT_MS },
      );
      for (const next of committed) next();
      return result;
    },
    close: async () => {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

/** Statements that may run together wait for their group; each other one runs at once. */
const queryBy = (run: Run, groups: Groups): Queryable['query'] =>
  (async (statement: Statement, params: object) =>
    statement.together ? groups.query(statement, params) : run(statement, params)) as Queryable['query'];

/** Of the transaction that the code runs in: what waits for its commit. */
const open = new AsyncLocalStorage<(() => void)[]>();

/**
 * Call it before a request leaves for a provider, a tool's address or an MCP server. Those may be slow, and an open
 * transaction would keep its connection and locks meanwhile. Throws if the caller is in a transaction: prepare outside,
 * write inside.
 */
export function assertNoTransaction(what: string): void {
  if (open.getStore()) throw new Error(`${what} was called inside a transaction: prepare outside, write inside`);
}

/** Calls `work` after the commit of the transaction that the caller is in; at once outside one. A rollback drops it. */
export function afterCommit(work: () => void): void {
  const waiting = open.getStore();
  if (waiting) waiting.push(work);
  else work();
}

const names = new Map<string, string>();
const NAMES_MAX = 1_000;

function nameStatement({ sql: text }: { sql: string }): string {
  const known = names.get(text);
  if (known) return known;
  if (names.size >= NAMES_MAX) names.clear();
  const name = createHash('sha1').update(text).digest('hex');
  names.set(text, name);
  return name;
}

/** Refuses a server that may lose acknowledged data. `allowUnsafe` is for test clusters. */
export async function checkDurability(db: Database, allowUnsafe: boolean): Promise<void> {
  const { rows } = await db.pool.query<{ name: string }>(
    "select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off'",
  );
  if (rows.length > 0 && !allowUnsafe)
    throw new AppError(
      'UNAVAILABLE',
      `PostgreSQL runs with ${rows.map((row) => `${row.name}=off`).join(' and ')}, so a crash may lose accepted actions. Turn it on.`,
    );
}
