// The requests of this process that wait for actions to end share one query at a time, and none runs without them. A
// wait holds no connection. Held by actions-wait.test.ts.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../access/context.ts';
import type { Database } from '../platform/db.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { forProcess } from '../platform/fair-pool.ts';
import { findActiveCallers } from '../access/api-keys/find-active-callers.ts';
import { WITH_IDENTITY } from './get.ts';
import { rowFromTable, type ActionRow } from '../action/row.ts';
import { FIND_ENDED } from '../action/sql/find.ts';

/** How often the awaited actions are checked, all in one query. */
const POLL_MS = 250;
/** How often the tokens of all waiting requests are checked. */
const RECHECK_MS = 1_000;
/** How many requests of one workspace may wait in this process, unless the process says otherwise. */
const WAITS_MAX = 100;

export interface Waiters {
  /**
   * Resolves with the action when it has ended, or with its current state when the time is over or `gone` aborts.
   * Resolves to undefined at once if too many requests of the workspace wait. Throws UNAUTHENTICATED when the caller's
   * token is no longer valid.
   */
  untilEnded(request: WaitRequest, limitMs: number, gone: AbortSignal): Promise<ActionRow | undefined>;
  count(): number;
}

interface WaitRequest {
  id: string;
  caller: Caller;
}

interface Waiting extends WaitRequest {
  leave: () => void;
}

type WaitDatabase = Pick<Database, 'query' | 'tables'>;

export function createWaiters(db: WaitDatabase, { waitsMax = WAITS_MAX }: { waitsMax?: number } = {}): Waiters {
  const waiting = new Set<Waiting>();
  const ofWorkspace = new Map<string, number>();
  const read = createReader(db);
  const startPolling = pollWhileWaiting(db, waiting);

  const count = (workspaceId: string, change: 1 | -1): void => {
    const now = (ofWorkspace.get(workspaceId) ?? 0) + change;
    if (now === 0) ofWorkspace.delete(workspaceId);
    else ofWorkspace.set(workspaceId, now);
  };

  const wait = (request: WaitRequest, limitMs: number, gone: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (gone.aborted) return resolve();
      const leave = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', leave);
        waiting.delete(one);
        resolve();
      };
      const one = { ...request, leave };
      const timer = setTimeout(leave, limitMs);
      gone.addEventListener('abort', leave);
      waiting.add(one);
      forProcess(startPolling);
    });

  return {
    untilEnded: async (request, limitMs, gone) => {
      const { workspaceId } = request.caller;
      if ((ofWorkspace.get(workspaceId) ?? 0) >= waitsMax) return undefined;
      count(workspaceId, 1);
      await wait(request, limitMs, gone).finally(() => count(workspaceId, -1));
      return read(request);
    },
    count: () => waiting.size,
  };
}

/** Polls while somebody waits. If the database is down, it tries again; the limits keep running. */
function pollWhileWaiting(db: WaitDatabase, waiting: ReadonlySet<Waiting>): () => void {
  let isPolling = false;
  let recheckAt = 0;

  const poll = async (): Promise<void> => {
    const ids = [...new Set([...waiting].map(({ id }) => id))];
    const rows = await db.query(FIND_ENDED, { ids }).catch(() => []);
    const ended = new Set(rows.map(({ id }) => id));
    for (const one of waiting) if (ended.has(one.id)) one.leave();
    if (performance.now() < recheckAt) return;
    const checked = [...waiting];
    const active = await findActiveCallers(db, new Set(checked.map(({ caller }) => caller))).catch(() => undefined);
    recheckAt = performance.now() + RECHECK_MS;
    for (const one of checked) if (active?.has(one.caller) === false) one.leave();
  };

  const startPolling = (): void => {
    if (isPolling || waiting.size === 0) return;
    isPolling = true;
    setTimeout(() => {
      void poll().finally(() => {
        isPolling = false;
        startPolling();
      });
    }, POLL_MS).unref();
  };
  return startPolling;
}

/**
 * Reads the actions of all waits that end in one turn of the event loop at once, and whether their callers may still
 * read.
 */
function createReader(db: WaitDatabase): (request: WaitRequest) => Promise<ActionRow> {
  let next: { all: Set<WaitRequest>; read: ReturnType<typeof readAll> } | undefined;
  const begin = (): NonNullable<typeof next> => {
    const all = new Set<WaitRequest>();
    const read = nextTurn().then(() => {
      next = undefined;
      return readAll(db, all);
    });
    return { all, read };
  };
  return async (request) => {
    next ??= forProcess(begin);
    next.all.add(request);
    const { rows, active } = await next.read;
    if (!active.has(request.caller))
      throw new AppError(
        'UNAUTHENTICATED',
        'The credential ended or lost its access to the workspace while this request was waiting.',
      );
    const row = rows.get(request.id);
    if (row?.workspace_id !== request.caller.workspaceId) throw notFound('action');
    return row;
  };
}

async function readAll(db: WaitDatabase, all: ReadonlySet<WaitRequest>) {
  const ids = [...new Set([...all].map(({ id }) => id))];
  const [found, active] = await Promise.all([
    db.tables.actions.findMany({ where: { id: { in: ids } }, include: WITH_IDENTITY }),
    findActiveCallers(db, new Set([...all].map(({ caller }) => caller))),
  ]);
  return { rows: new Map(found.map((row) => [row.id, rowFromTable(row)])), active };
}
