// Runs statements of one kind together: while one is in progress, further ones gather, and the next one runs them all
// in one round trip (group commit). Nothing waits when nothing is in progress. Held by together.test.ts.
import { sqlState } from './database-errors.ts';
import { valuesOf, type Statement, type Together } from './statement.ts';
import { withTimeout } from './with-timeout.ts';

/** How many items run as one statement, and how many characters of parameters they may have. */
const ITEMS_MAX = 100;
const CHARS_MAX = 512 * 1024;
/** Further items no longer wait for a statement that takes longer: it may wait for a lock. */
const SLOW_MS = 50;

type Rows = object[];
export type Run = (statement: Statement, params: object) => Promise<Rows>;

interface Item {
  params: object;
  resolve: (rows: Rows) => void;
  reject: (error: unknown) => void;
}

/** The waiting items of one statement of one tenant. */
interface Group {
  waiting: Item[];
  /** Also those whose statement is in progress. */
  unanswered: number;
  isUnderWay: boolean;
}

export interface Groups {
  query(statement: Statement, params: object): Promise<Rows>;
  /** How many items of the tenant wait for an answer to the statement that most of them wait for. */
  waitingOf(tenant: string): number;
}

/** A tenant's items share statements only among themselves, so that nobody waits for another's. */
export function createGroups(run: Run, tenantNow: () => string): Groups {
  const groups = new Map<string, Map<string, Group>>();

  const groupOf = (tenant: string, name: string): Group => {
    const ofTenant = groups.get(tenant) ?? new Map<string, Group>();
    groups.set(tenant, ofTenant);
    const group = ofTenant.get(name) ?? { waiting: [], unanswered: 0, isUnderWay: false };
    ofTenant.set(name, group);
    return group;
  };

  const forgetIdle = (tenant: string, name: string, group: Group): void => {
    if (group.unanswered > 0 || group.isUnderWay) return;
    const ofTenant = groups.get(tenant);
    ofTenant?.delete(name);
    if (ofTenant?.size === 0) groups.delete(tenant);
  };

  const runWaiting = async (statement: Statement, group: Group, tenant: string): Promise<void> => {
    while (group.waiting.length > 0) {
      const ended = runTogether(run, statement, takeItems(group.waiting, statement));
      await withTimeout(ended, SLOW_MS, () => undefined);
    }
    group.isUnderWay = false;
    forgetIdle(tenant, statement.name, group);
  };

  return {
    query: async (statement, params) => {
      valuesOf(statement, params); // throws for a missing parameter, which would be null in the statement for many
      const tenant = tenantNow();
      const group = groupOf(tenant, statement.name);
      group.unanswered += 1;
      const answered = new Promise<Rows>((resolve, reject) => void group.waiting.push({ params, resolve, reject }));
      if (!group.isUnderWay) {
        group.isUnderWay = true;
        setImmediate(() => void runWaiting(statement, group, tenant)); // with all that this turn of the loop asks
      }
      return answered.finally(() => {
        group.unanswered -= 1;
        forgetIdle(tenant, statement.name, group);
      });
    },
    waitingOf: (tenant) =>
      Math.max(0, ...[...(groups.get(tenant)?.values() ?? [])].map(({ unanswered }) => unanswered)),
  };
}

/** Takes what may run together, in the order of arrival. At least one. */
function takeItems(waiting: Item[], { together }: Statement): Item[] {
  const keys = new Set<string>();
  let chars = 0;
  const taken: Item[] = [];
  const left: Item[] = [];
  for (const item of waiting) {
    const key = together?.keyOf?.(item.params as never) ?? null;
    const size = charsOf(item.params);
    const fits = taken.length === 0 || (taken.length < ITEMS_MAX && chars + size <= CHARS_MAX);
    if (!fits || (key !== null && keys.has(key))) {
      left.push(item);
      continue;
    }
    if (key !== null) keys.add(key);
    chars += size;
    taken.push(item);
  }
  waiting.splice(0, waiting.length, ...left);
  return taken;
}

const charsOf = (params: object): number =>
  Object.values(params).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

async function runTogether(run: Run, statement: Statement, items: Item[]): Promise<void> {
  const { together } = statement;
  const [first, second] = items;
  if (!first) return;
  if (!second || !together) return runAlone(run, statement, first);
  const { places, texts } = placesOf(items, together);
  const rowsAt: Rows[] = texts.map(() => []);
  try {
    const rows = await run(together.many, { items: `[${texts.join(',')}]` });
    for (const row of rows as { place: number }[]) rowsAt[row.place]?.push(row);
  } catch (error) {
    if (!isOfOneItem(error)) return items.forEach(({ reject }) => reject(error));
    // It has written nothing: each item runs again by itself, and meets its own error.
    await Promise.all(items.map((item) => runAlone(run, statement, item)));
    return;
  }
  for (const [n, item] of items.entries()) {
    const found = rowsAt[places[n] ?? -1] ?? [];
    if (found.length > 0 || together.withoutRow === 'nothing') item.resolve(found);
    else void runAlone(run, statement, item); // it may wait for a lock; the others do not wait for it
  }
}

/** Gives each item a place in the statement. Equal look-ups share one. */
function placesOf(items: Item[], { fieldsOf, withoutRow }: Together): { places: number[]; texts: string[] } {
  const known = new Map<string, number>();
  const texts: string[] = [];
  const places = items.map(({ params }) => {
    const fields = fieldsOf(params);
    const shared = withoutRow === 'nothing' ? known.get(fields) : undefined;
    const place = shared ?? texts.push(`{"place":${texts.length},${fields}}`) - 1;
    known.set(fields, place);
    return place;
  });
  return { places, texts };
}

const runAlone = (run: Run, statement: Statement, { params, resolve, reject }: Item): Promise<void> =>
  run(statement, params).then(resolve, reject);

/** The server refused the data of an item or its wait for another transaction, and rolled all back. */
const isOfOneItem = (error: unknown): boolean => /^(?:22|23|40|P0)/.test(sqlState(error) ?? '');
