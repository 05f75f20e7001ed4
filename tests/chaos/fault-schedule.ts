// The faults of a run: when each is injected, and what it hits.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@proviso/core';
import { NETWORK_FAULTS, PROCESS_FAULTS, type Fault, type FaultContext, type Held } from './faults.ts';
import type { ChaosFleet, Settings } from './fleet.ts';
import type { Load } from './load.ts';
import type { Random } from './random.ts';

const PAUSE_MS = { from: 300, to: 1_200 };

export interface FaultCount {
  times: number;
  /** Actions that were in its danger window. */
  hits: number;
}

interface FaultScheduleOptions {
  fleet: ChaosFleet;
  db: Database;
  load: Load;
  random: Random;
  backend: Settings['backend'];
  stop: AbortSignal;
}

/**
 * Two loops run at the same time, one over process faults and one over network faults. Each injects every fault before
 * it repeats one.
 */
export function startFaultSchedule({ fleet, db, load, random, backend, stop }: FaultScheduleOptions) {
  const injected = new Map<string, FaultCount>();
  const kills: Held[] = [];
  const heldBy = (pid: number): Promise<Held> =>
    ownedBy(db, pid).catch(() => ({ at: new Date(), owner: '', actions: [] })); // the database is away
  const context: FaultContext = { fleet, random, known: load.known, heldBy, kills, reviving: new Set() };
  const inject = async (fault: Fault): Promise<void> => {
    const seen = injected.get(fault.name) ?? { times: 0, hits: 0 };
    injected.set(fault.name, seen);
    seen.times += 1;
    await aim(db, load, fault);
    const danger = watchDanger(db, load, fault);
    const told = await fault.inject(context);
    const found = await danger.found();
    seen.hits += fault.hits === 'told' ? (told ?? 0) : found;
  };
  const repeat = async (faults: Fault[]): Promise<void> => {
    const here = faults.filter((fault) => fault.backend === undefined || fault.backend === backend);
    for (const { name } of here) injected.set(name, { times: 0, hits: 0 });
    while (!stop.aborted)
      for (const fault of random.shuffled(here)) {
        await sleep(random.between(PAUSE_MS.from, PAUSE_MS.to), undefined, { signal: stop }).catch(() => undefined);
        if (stop.aborted) return;
        await inject(fault);
      }
  };
  /** Returns when the last fault ended, by the database's clock; killed processes may still be restarting. */
  const mend = async (): Promise<Date> => {
    await Promise.all(Object.values(fleet.links).map((proxy) => proxy.pass()));
    const { rows } = await db.pool.query<{ now: Date }>('select clock_timestamp() as now');
    await Promise.all(context.reviving);
    return rows[0]?.now ?? new Date(Number.NaN);
  };
  return {
    injected,
    kills,
    done: Promise.all([repeat(PROCESS_FAULTS), repeat(NETWORK_FAULTS)]).then(mend),
    progress: () => {
      const faults = [...injected.values()].reduce((sum, { times }) => sum + times, 0);
      const effects = fleet.provider.effects.length + fleet.sink.messages().length;
      const { submitted, acknowledged, tries } = load.counts;
      return `${faults} faults; ${acknowledged} of ${submitted} submissions acknowledged, ${tries} requests; ${effects} effects`;
    },
  };
}

const TARGETS_MIN = 4;
const AIM_LIMIT_MS = 5_000;

/** Waits until a fault would hit something: one that hits nothing proves nothing. */
async function aim(db: Database, load: Load, { hits }: Fault): Promise<void> {
  for (const limit = performance.now() + AIM_LIMIT_MS; performance.now() < limit; await sleep(50)) {
    if (hits === 'told') return;
    if (hits === 'writing' ? load.underWay().length >= TARGETS_MIN : (await countRunning(db)) >= TARGETS_MIN) return;
  }
}

async function countRunning(db: Database): Promise<number> {
  const counted = db.pool.query<{ count: number }>(
    "select count(*)::int as count from actions where status = 'running'",
  );
  return (await counted.catch(() => undefined))?.rows[0]?.count ?? 0; // the database may be down
}

/** Counts what is in a fault's danger window while it lasts: each action and each request once. */
function watchDanger(db: Database, load: Load, { hits }: Fault): { found: () => Promise<number> } {
  const inDanger = new Set<string>();
  const over = new AbortController();
  const look = async (): Promise<void> => {
    if (hits !== 'running') for (const request of load.underWay()) inDanger.add(request);
    if (hits === 'writing') return;
    const { rows } = await db.pool.query<{ id: string }>("select id from actions where status = 'running'");
    for (const { id } of rows) inDanger.add(id);
  };
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await look().catch(() => undefined); // the database may be down
      await sleep(100);
    }
  };
  const watching = watch();
  return {
    found: async () => {
      over.abort();
      await watching;
      return inDanger.size;
    },
  };
}

async function ownedBy(db: Database, pid: number): Promise<Held> {
  const { rows } = await db.pool.query<{ id: string; lease_owner: string; now: Date }>(
    "select id, lease_owner, clock_timestamp() as now from actions where status = 'running' and lease_owner like $1",
    [`worker %:${pid}`],
  );
  return { at: rows[0]?.now ?? new Date(), owner: rows[0]?.lease_owner ?? '', actions: rows.map(({ id }) => id) };
}
