import { setTimeout as sleep } from 'node:timers/promises';
import { newId, openDatabase, readId, showId, type ActionRow, type Database } from '@proviso/core';
import { judge, openWorld, readEvidence, type Effect, type Evidence, type Verdict } from '@proviso/testing';
import type { Tenant } from './client.ts';
import { NETWORK_FAULTS, PROCESS_FAULTS, type Fault, type Field, type Held } from './faults.ts';
import { LEASE_MS, startFleet, type ChaosFleet, type Settings } from './fleet.ts';
import { startLoad, type Load } from './load.ts';
import { createRandom, type Random } from './random.ts';

/** How long the fleet may take to end all that is due once everything is whole again. */
const SETTLE_LIMIT_MS = 60_000;
const PAUSE_MS = { from: 300, to: 1_200 };

export interface Struck {
  strikes: number;
  /** Actions that were in the danger window. */
  hits: number;
}

export interface Result {
  settings: Settings;
  struck: Map<string, Struck>;
  load: Load['counts'];
  verdict: Verdict;
  evidence: Evidence;
  /** Whether all that was due came to an end. */
  isSettled: boolean;
  /** From the last fault, or from when it was due, until each action ended that was still open at the last fault. */
  endingsMs: number[];
  /** From a worker's kill -9 until another process had each action that it ran. */
  recoveriesMs: number[];
}

export interface Watcher {
  say: (line: string) => void;
  stop: AbortSignal;
}

export async function run(settings: Settings, { say, stop }: Watcher): Promise<Result> {
  const random = createRandom(settings.seed);
  say('booting …');
  const fleet = await startFleet(settings, random);
  const db = openDatabase({ url: fleet.postgres.url, poolMax: 3, name: 'chaos' });
  const storm = new AbortController();
  const crowd = new AbortController();
  try {
    const tenants = await settle(fleet);
    const urls = () => fleet.apis.map(({ process }) => process.url);
    const load = startLoad({ tenants, urls, lanes: 24, random, stop: AbortSignal.any([crowd.signal, stop]) });
    const weather = startWeather({
      fleet,
      db,
      load,
      random,
      backend: settings.backend,
      stop: AbortSignal.any([storm.signal, stop]),
    });
    const progress = setInterval(() => say(weather.progress()), 5_000);
    const over = sleep(settings.seconds * 1_000, undefined, { signal: stop }).catch(() => undefined);
    await Promise.race([over, weather.done]); // a fault that cannot be injected ends the run
    storm.abort();
    const calmAt = await weather.done;
    crowd.abort();
    say('whole again; waiting for what is due …');
    await load.done;
    const isSettled = await waitUntilSettled(db, stop);
    clearInterval(progress);
    const evidence = await collect(fleet, db, load, tenants);
    const recoveriesMs = weather.kills.flatMap((kill) => recoveriesOf(kill, evidence));
    return {
      settings,
      struck: weather.struck,
      load: load.counts,
      verdict: judge(evidence),
      evidence,
      isSettled,
      endingsMs: endingsOf(evidence, calmAt),
      recoveriesMs,
    };
  } finally {
    storm.abort();
    crowd.abort();
    await db.close().catch(() => undefined);
    await fleet.stop();
  }
}

/** Two tenants, each with two people. */
async function settle(fleet: ChaosFleet): Promise<Tenant[]> {
  process.env.DATABASE_URL = fleet.postgres.url;
  const world = await openWorld();
  try {
    return await Promise.all(
      [1, 2].map(async (): Promise<Tenant> => {
        const workspace = await world.workspace();
        const data = { id: newId(), workspace_id: workspace.id, email: 'to@example.com' };
        const config = {
          host: '127.0.0.1',
          port: fleet.links.smtp.port,
          secure: false,
          from: 'Chaos <chaos@example.com>',
        };
        return {
          workspace: workspace.id,
          tokens: [await workspace.token({}), await workspace.token({})],
          identity: workspace.identityId,
          mailbox: await workspace.identity('smtp', config),
          contact: showId('contact', (await world.db.tables.contacts.create({ data })).id),
        };
      }),
    );
  } finally {
    await world.close();
  }
}

interface WeatherOptions {
  fleet: ChaosFleet;
  db: Database;
  load: Load;
  random: Random;
  backend: Settings['backend'];
  stop: AbortSignal;
}

/** Two storms at once, one over processes and one over links: each strikes with every fault before it repeats one. */
function startWeather({ fleet, db, load, random, backend, stop }: WeatherOptions) {
  const struck = new Map<string, Struck>();
  const kills: Held[] = [];
  const heldBy = (pid: number): Promise<Held> =>
    ownedBy(db, pid).catch(() => ({ at: new Date(), owner: '', actions: [] })); // the database is away
  const field: Field = { fleet, random, known: load.known, heldBy, kills, reviving: new Set() };
  const strike = async (fault: Fault): Promise<void> => {
    const seen = struck.get(fault.name) ?? { strikes: 0, hits: 0 };
    struck.set(fault.name, seen);
    seen.strikes += 1;
    await aim(db, load, fault);
    const danger = watchDanger(db, load, fault);
    const told = await fault.strike(field);
    const found = await danger.found();
    seen.hits += fault.hits === 'told' ? (told ?? 0) : found;
  };
  const storm = async (faults: Fault[]): Promise<void> => {
    const here = faults.filter((fault) => fault.backend === undefined || fault.backend === backend);
    for (const { name } of here) struck.set(name, { strikes: 0, hits: 0 });
    while (!stop.aborted)
      for (const fault of random.shuffled(here)) {
        await sleep(random.between(PAUSE_MS.from, PAUSE_MS.to), undefined, { signal: stop }).catch(() => undefined);
        if (stop.aborted) return;
        await strike(fault);
      }
  };
  /** Answers when the last fault was over, by the database's clock; what was killed may still be on its way back. */
  const calm = async (): Promise<Date> => {
    await Promise.all(Object.values(fleet.links).map((proxy) => proxy.pass()));
    const { rows } = await db.pool.query<{ now: Date }>('select clock_timestamp() as now');
    await Promise.all(field.reviving);
    return rows[0]?.now ?? new Date(Number.NaN);
  };
  return {
    struck,
    kills,
    done: Promise.all([storm(PROCESS_FAULTS), storm(NETWORK_FAULTS)]).then(calm),
    progress: () => {
      const faults = [...struck.values()].reduce((sum, { strikes }) => sum + strikes, 0);
      const effects = fleet.provider.effects.length + fleet.sink.messages().length;
      const { submitted, acknowledged, tries } = load.counts;
      return `${faults} faults; ${acknowledged} of ${submitted} submissions acknowledged, ${tries} requests; ${effects} effects`;
    },
  };
}

const TARGETS_MIN = 4;
const AIM_LIMIT_MS = 5_000;

/** Waits until a fault would strike something: one that hits nothing proves nothing. */
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
  return (await counted.catch(() => undefined))?.rows[0]?.count ?? 0; // the database may be away
}

/** Counts what is in the danger window of a fault for as long as it lasts: each action and each request once. */
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
      await look().catch(() => undefined); // the database may be away
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

function recoveriesOf({ at, owner, actions }: Held, { events }: Evidence): number[] {
  const goesOn = ['action.claimed', 'action.completed', 'action.failed'];
  return actions.flatMap((id) => {
    const after = (events.get(id) ?? []).filter((event) => event.at > at);
    if (after.some(({ actor }) => actor.id === owner)) return []; // it ended before the kill reached it
    const next = after.find(({ event }) => goesOn.includes(event));
    return next ? [next.at.getTime() - at.getTime()] : [];
  });
}

/** How late each action ended that had not ended when the last fault was over. */
function endingsOf({ actions, events }: Evidence, calmAt: Date): number[] {
  return actions.flatMap(({ id, due_at }) => {
    const log = events.get(id) ?? [];
    const end = log.findLast(({ event }) => event === 'action.completed' || event === 'action.failed');
    if (!end || end.at < calmAt) return [];
    const cleared = log.findLast(({ event }) => /created|approved|released/.test(event));
    return [end.at.getTime() - Math.max(calmAt.getTime(), due_at.getTime(), cleared?.at.getTime() ?? 0)];
  });
}

async function waitUntilSettled(db: Database, stop: AbortSignal): Promise<boolean> {
  for (
    const limit = performance.now() + SETTLE_LIMIT_MS;
    performance.now() < limit && !stop.aborted;
    await sleep(200)
  ) {
    const open = db.pool.query<{ count: number }>(
      "select count(*)::int as count from actions where status in ('running', 'scheduled', 'approved', 'auto_approved')",
    );
    if ((await open.catch(() => undefined))?.rows[0]?.count === 0) return true;
  }
  return false;
}

async function collect(fleet: ChaosFleet, db: Database, load: Load, tenants: Tenant[]): Promise<Evidence> {
  const read = await readEvidence(db, { workspaces: tenants.map(({ workspace }) => workspace) });
  const mails = fleet.sink.messages().map(({ id, subject, text, at }): Effect => ({
    action: readId('action', id.slice(1, id.indexOf('@'))) ?? id,
    identity: id,
    said: { subject, message: text.trimEnd() },
    at: new Date(at),
  }));
  return {
    ...read,
    effects: [...read.effects, ...fleet.provider.effects, ...mails],
    records: load.records,
    batches: load.batches,
    counted: ['chaos_post', 'chaos_call', 'create_note', 'email_message'],
    graceMs: LEASE_MS,
  };
}

/** One action's full story: its row, its log, what clients were told and what the far side counted. */
export function storyOf(id: string, { actions, events, records, effects }: Evidence): string {
  const row: Partial<ActionRow> = actions.find((action) => action.id === id) ?? {};
  const { preview: _, ...shown } = row;
  const lines = (items: readonly unknown[]): string => items.map((item) => `    ${JSON.stringify(item)}`).join('\n');
  return [
    `  the row\n    ${JSON.stringify(shown)}`,
    `  its log\n${lines((events.get(id) ?? []).map(({ version, event, status, at, actor, data }) => ({ version, event, status, at, by: actor.id, data })))}`,
    `  what clients asked and were told\n${lines(records.filter(({ action }) => action === id))}`,
    `  what the far side counted\n${lines(effects.filter(({ action }) => action === id))}`,
  ].join('\n');
}
