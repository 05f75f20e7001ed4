// Batches the look-ups of many items into a few queries. Held by actions-bulk-create.test.ts, which counts statements.
import pLimit, { type LimitFunction } from 'p-limit';
import type { Tables } from './db.ts';

/** Other queries run a few at a time, so that one request does not take the whole pool. */
const AT_ONCE_MAX = 4;

type Row = Record<string, unknown>;
type Query = { where?: Record<string, unknown>; select?: Record<string, unknown> };
type TableQuery = (query: Query) => Promise<unknown>;

/**
 * Wraps the tables for work on many items at once. Look-ups made in one turn of the event loop become one query per
 * table. That covers look-ups by id (and workspace), by name in a workspace, and by a list of e-mail addresses. Equal
 * list queries run once. All other queries pass through one by one.
 */
export function batchLookups(tables: Tables): Tables {
  const delegates = new Map<string, object>();
  const limited = pLimit(AT_ONCE_MAX);
  return new Proxy(tables, {
    get: (target, name) => {
      const table = Reflect.get(target, name) as Record<string, TableQuery>;
      if (typeof name !== 'string' || typeof table?.findMany !== 'function') return table;
      const known = delegates.get(name) ?? batchTable(table, limited);
      delegates.set(name, known);
      return known;
    },
  });
}

function batchTable(table: Record<string, TableQuery>, limited: LimitFunction): object {
  const many: TableQuery = async (query) => limited(async () => table.findMany?.(query));
  const byId = batchByColumn(many, 'id');
  const byEmail = batchByColumn(many, 'email');
  const byName = batchByColumn(many, 'name');
  const lists = shareInFlight(many);
  const first: TableQuery = async (query) => (await byId(query))[0] ?? null;
  const shortcuts: Record<string, (query: Query) => Promise<unknown> | undefined> = {
    findFirst: (query) => (isById(query) ? first(query) : undefined),
    findUnique: (query) =>
      isById(query)
        ? first(query)
        : isByName(query)
          ? byName(compoundKeyOf(query)).then(([row]) => row ?? null)
          : undefined,
    findUniqueOrThrow: (query) => (isById(query) ? first(query).then(assertFound) : undefined),
    count: (query) => (isById(query) ? byId(query).then((rows) => rows.length) : undefined),
    findMany: (query) => (isByEmails(query) ? byEmail(query) : lists(query)),
  };
  return new Proxy(table, {
    get: (target, name) => {
      const ask = Reflect.get(target, name) as TableQuery;
      if (typeof ask !== 'function') return ask;
      return (query: Query) => shortcuts[String(name)]?.(query) ?? limited(() => ask.call(target, query));
    },
  });
}

const hasOnly = (given: object | undefined, names: readonly string[]): boolean =>
  Object.keys(given ?? {}).every((name) => names.includes(name));

const isById = (query: Query): boolean =>
  hasOnly(query, ['where']) && hasOnly(query.where, ['id', 'workspace_id']) && typeof query.where?.id === 'string';

const isByName = (query: Query): boolean => hasOnly(query, ['where']) && hasOnly(query.where, ['workspace_id_name']);

/** The columns of a compound key, in the form that a list query takes. */
const compoundKeyOf = ({ where }: Query): Query => ({ where: where?.workspace_id_name as Record<string, unknown> });

const isByEmails = ({ where, select }: Query): boolean =>
  Array.isArray((where?.email as { in?: unknown } | undefined)?.in) && select?.email === true;

function assertFound(row: unknown): unknown {
  if (!row) throw new Error('a row that must be there is gone');
  return row;
}

interface Batch {
  wanted: Set<string>;
  /** Keyed by the value of the column. */
  rows: Promise<Map<string, Row[]>>;
}

/** Merges the queries of one turn that differ hasOnly in the value of `column`. */
function batchByColumn(many: TableQuery, column: string): (query: Query) => Promise<Row[]> {
  const batches = new Map<string, Batch>();
  return async ({ where = {}, ...query }) => {
    const { [column]: value, ...rest } = where;
    const wanted = typeof value === 'string' ? [value] : (value as { in: string[] }).in;
    const key = JSON.stringify([rest, query]);
    const batch = batches.get(key) ?? open(key, { ...query, where: rest });
    for (const one of wanted) batch.wanted.add(one);
    const rows = await batch.rows;
    return [...new Set(wanted)].flatMap((one) => rows.get(one) ?? []);
  };

  function open(key: string, query: Query): Batch {
    const wanted = new Set<string>();
    const rows = new Promise((resolve) => void setImmediate(resolve))
      .then(() => {
        batches.delete(key);
        return many({ ...query, where: { ...query.where, [column]: { in: [...wanted] } } });
      })
      .then((found) => {
        const byValue = new Map<string, Row[]>();
        for (const row of found as Row[]) {
          const value = row[column] as string;
          const same = byValue.get(value) ?? [];
          same.push(row);
          byValue.set(value, same);
        }
        return byValue;
      });
    const batch = { wanted, rows };
    batches.set(key, batch);
    return batch;
  }
}

/** Equal list queries share one result while it is being read. */
function shareInFlight(many: TableQuery): TableQuery {
  const reading = new Map<string, Promise<unknown>>();
  return (query) => {
    const key = JSON.stringify(query);
    const rows = reading.get(key) ?? many(query).finally(() => reading.delete(key));
    reading.set(key, rows);
    return rows;
  };
}
