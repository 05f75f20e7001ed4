import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Agent } from 'undici';
import { closedLoop } from './closed-loop.ts';
import { openConnections, type HttpClient } from './http.ts';
import type { Options } from './options.ts';
import { usageOf } from './processes.ts';
import type { Progress } from './progress.ts';
import { ascending, percentile } from './statistics.ts';
import { INTERNAL, proviso, type RunningProviso, type Topology } from './subjects/proviso.ts';
import type { Connect } from './subjects/service.ts';

/** One line of the report. */
export interface Figure {
  measure: string;
  figure: string;
  /** What it should reach on two quiet cores. */
  bar?: string;
}

const BULK_ITEMS = 1_000;
const CONNECTIONS = 32;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

interface Bench {
  running: RunningProviso;
  options: Options;
  progress: Progress;
  add: (measure: string, figure: string, bar?: string) => void;
}

/** What only Proviso offers, or what only matters for it: bulk work, lists, lateness, listeners. */
export async function measureProviso(
  connectBy: (dispatcher: Agent) => Connect,
  options: Options,
  progress: Progress,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const backend of ['redis', 'postgres'] as const) {
    const where = backend === 'redis' ? 'Redis' : 'PostgreSQL';
    const on = (work: (bench: Bench) => Promise<void>): Promise<void> =>
      onProviso(connectBy, { backend }, async (running) => {
        const add: Bench['add'] = (measure, figure, bar) =>
          void figures.push({ measure: `${measure} (${where})`, figure, ...(bar && { bar }) });
        await work({ running, options, progress, add });
      });
    await on(measureIdle);
    await on(measurePunctuality);
    await on(measureBulk);
    if (backend === 'redis') for (const measure of [measureReads, measureListeners]) await on(measure);
  }
  return figures;
}

async function onProviso(
  connectBy: (dispatcher: Agent) => Connect,
  topology: Topology,
  work: (running: RunningProviso) => Promise<void>,
): Promise<void> {
  const dispatcher = openConnections(CONNECTIONS);
  const running = await proviso(connectBy(dispatcher), topology).start();
  try {
    await work(running);
  } finally {
    await running.stop();
    await dispatcher.close();
  }
}

/** Times of the database: from the approval to the claim. */
const LATENESS = `
  select extract(epoch from started_at - (approval->>'at')::timestamptz) * 1000 as ms from actions
  where started_at is not null and approval is not null order by 1`;

/** One action at a time on an idle service. */
async function measureIdle({ running, progress, add }: Bench): Promise<void> {
  const count = 100;
  progress.start('approve to start, idle', count);
  for (let n = 0; n < count; n++) {
    const id = await running.create(n);
    await running.approve(id);
    while (!(await running.isCompleted(id))) await sleep(5);
    progress.step();
  }
  const late = await queryMs(running.databaseUrl, LATENESS);
  const bar = running.processes.redis ? 'p99 < 30 ms' : 'p99 < 60 ms';
  add('approve to start, idle', `p50 ${ms(percentile(late, 0.5))}, p99 ${ms(percentile(late, 0.99))}`, bar);
}

/** A thousand actions that are due in the same second. */
async function measurePunctuality({ running, progress, add }: Bench): Promise<void> {
  progress.start('1,000 due at once', BULK_ITEMS);
  const due = new Date(Date.now() + 15_000);
  const scheduled_time = due.toISOString();
  const { require_approval: _, ...proposal } = running.proposal as Record<string, unknown>;
  await bulkCreate(running, BULK_ITEMS, { ...proposal, scheduled_time });
  await sleep(due.getTime() - Date.now());
  await untilEnded(running, BULK_ITEMS, progress);
  const late = await queryMs(
    running.databaseUrl,
    `select extract(epoch from started_at - scheduled_time) * 1000 as ms from actions
     where scheduled_time is not null order by 1`,
  );
  const early = late.filter((value) => value < 0).length;
  add(
    '1,000 due at once: start after the time',
    `p50 ${ms(percentile(late, 0.5))}, last ${ms(late.at(-1) ?? 0)}, ${early} early`,
    'last ≤ 1.5 s, none early',
  );
}

async function measureBulk({ running, options, progress, add }: Bench): Promise<void> {
  const count = Math.max(BULK_ITEMS, Math.floor(options.actions / BULK_ITEMS) * BULK_ITEMS);
  progress.start('bulk', 2 * count);
  const begun = performance.now();
  const ids = await bulkCreate(running, count, running.proposal, () => progress.step());
  const created = performance.now();
  for (let at = 0; at < ids.length; at += BULK_ITEMS)
    await running.owner.post('/v1/actions/approve/bulk', {
      action: 'approve',
      action_ids: ids.slice(at, at + BULK_ITEMS),
    });
  const approved = performance.now();
  await untilEnded(running, count, progress);
  const drained = performance.now();
  const rate = (from: number, to: number): string => `${whole((count * 1_000) / (to - from))}/s`;
  add('bulk create', rate(begun, created), '≥ 10,000/s');
  add('bulk approve', rate(created, approved), '≥ 5,000/s');
  add('drain after the last approval', rate(approved, drained), '≥ 2,500/s');
  add('bulk approve and drain together', rate(created, drained));
}

async function measureReads({ running, options, progress, add }: Bench): Promise<void> {
  const { owner } = running;
  const ids = await bulkCreate(running, options.actions, running.proposal);
  const [workspace] = await query<{ id: string }>(running.databaseUrl, 'select id from workspaces');
  const count = Math.min(1_000, options.actions);
  const loops: [string, string, (n: number) => Promise<unknown>][] = [
    ['get one', '≥ 2,500/s', (n) => owner.get(`/v1/actions/${ids[n % ids.length]}`)],
    ['list of 20', '', () => owner.get('/v1/actions?limit=20')],
    ['list of 100', '≥ 600/s', () => owner.get('/v1/actions?limit=100')],
    ['pending list of 100', '≥ 600/s', () => owner.get(`/api/pending-actions?workspaceId=${workspace?.id}&limit=100`)],
  ];
  for (const [name, bar, work] of loops) {
    progress.start(name, count);
    const pace = await closedLoop({ count, connections: CONNECTIONS, done: () => progress.step() }, async (n) => {
      await work(n);
    });
    add(name, `${whole(pace.perSecond)}/s, p99 ${ms(pace.p99Ms)}`, bar || undefined);
  }
}

const WORKSPACES = 10;
const KEYS_OF_WORKSPACE = 4;
const STREAMS_OF_KEY = 25;
const PROPOSALS_OF_WORKSPACE = 10;

/** A thousand event streams, a hundred in each of ten workspaces, and what it costs to tell them of a change. */
async function measureListeners({ running, progress, add }: Bench): Promise<void> {
  const streams = WORKSPACES * KEYS_OF_WORKSPACE * STREAMS_OF_KEY;
  progress.start('1,000 listeners', streams);
  const abort = new AbortController();
  let heard = 0;
  const listen = async (token: string): Promise<void> => {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await fetch(`${running.url}/v1/events`, { headers, signal: abort.signal });
    if (!reply.ok) throw new Error(`/v1/events: ${reply.status} ${await reply.text()}`);
    void (async () => {
      for await (const chunk of reply.body ?? [])
        heard +=
          Buffer.from(chunk as Uint8Array)
            .toString()
            .split('event: action.').length - 1;
    })().catch(() => undefined);
    progress.step();
  };
  const workspaces: { client: HttpClient; identity_id: string }[] = [];
  for (let n = 0; n < WORKSPACES; n++) {
    const { workspace } = await running.owner.post<{ workspace: { workspace_id: string } }>('/v1/workspaces', {
      name: `Bench ${n}`,
    });
    const client = running.ownerIn(workspace.workspace_id);
    const { identity } = await client.post<{ identity: { identity_id: string } }>('/v1/identities', INTERNAL);
    workspaces.push({ client, identity_id: identity.identity_id });
    for (let key = 0; key < KEYS_OF_WORKSPACE; key++) {
      const body = { name: `Listener ${key}`, kind: 'workspace', role: 'viewer', scopes: ['actions:read'] };
      const { token } = await client.post<{ token: string }>('/v1/api-keys', body);
      await Promise.all(Array.from({ length: STREAMS_OF_KEY }, () => listen(token)));
    }
  }
  const api = running.processes.api as number;
  const before = usageOf(api);
  const begun = performance.now();
  for (let n = 0; n < PROPOSALS_OF_WORKSPACE; n++)
    for (const { client, identity_id } of workspaces)
      await client.post('/v1/actions', { ...running.proposal, identity_id });
  const messages = PROPOSALS_OF_WORKSPACE * streams;
  while (heard < messages && performance.now() - begun < 60_000) await sleep(20);
  if (heard < messages) throw new Error(`${messages - heard} of ${messages} messages did not arrive`);
  const perSecond = whole((messages * 1_000) / (performance.now() - begun));
  const cpuMs = (usageOf(api).cpuMs - before.cpuMs) / messages;
  const mib = whole(before.rssBytes / 1_048_576);
  add('1,000 listeners', `${perSecond} messages/s, ${cpuMs.toFixed(3)} ms of CPU each, api ${mib} MiB before`);
  abort.abort();
}

async function bulkCreate(
  { owner }: RunningProviso,
  count: number,
  proposal: object,
  done: () => void = () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += BULK_ITEMS) {
    const actions = Array.from({ length: Math.min(BULK_ITEMS, count - at) }, () => proposal);
    const { results } = await owner.post<{ results: { action_id?: string; error?: string }[] }>('/v1/actions/bulk', {
      actions,
    });
    for (const { action_id, error } of results) {
      if (!action_id) throw new Error(error);
      ids.push(action_id);
      done();
    }
  }
  return ids;
}

/** Waits until so many actions are completed, by a look at the database. */
async function untilEnded({ databaseUrl }: RunningProviso, count: number, progress: Progress): Promise<void> {
  const deadline = performance.now() + 180_000;
  for (let seen = 0; seen < count; await sleep(50)) {
    const text = "select count(*)::int as n from actions where status = 'completed'";
    const [{ n } = { n: 0 }] = await query<{ n: number }>(databaseUrl, text);
    for (; seen < n; seen++) progress.step();
    if (performance.now() > deadline) throw new Error(`${count - seen} of ${count} actions did not complete`);
  }
}

async function query<Row extends object>(databaseUrl: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<Row>(text);
  await client.end();
  return rows;
}

const queryMs = async (databaseUrl: string, text: string): Promise<number[]> =>
  ascending((await query<{ ms: string }>(databaseUrl, text)).map((row) => Number(row.ms)));

const ms = (value: number): string => (value < 10_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`);
