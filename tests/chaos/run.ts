import { setTimeout as sleep } from 'node:timers/promises';
import { newId, openDatabase, parseId, formatId, type ActionRow, type Database } from '@proviso/core';
import { judge, openWorld, readEvidence, type Effect, type Evidence, type Verdict } from '@proviso/testing';
import type { Tenant } from './client.ts';
import { LEASE_MS, startFleet, type ChaosFleet, type Settings } from './fleet.ts';
import { startLoad, type Load } from './load.ts';
import { createRandom } from './random.ts';
import { catchUpTimesOf, recoveryTimesOf, waitUntilSettled } from './catch-up.ts';
import { startFaultSchedule, type FaultCount } from './fault-schedule.ts';

export interface Result {
  settings: Settings;
  injected: Map<string, FaultCount>;
  load: Load['counts'];
  verdict: Verdict;
  evidence: Evidence;
  /** Whether everything due came to an end. */
  isSettled: boolean;
  /** From the last fault, or from its due time, until each action ended that was open at the last fault. */
  catchUpMs: number[];
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
  const faultsStop = new AbortController();
  const loadStop = new AbortController();
  try {
    const tenants = await settle(fleet);
    const urls = () => fleet.apis.map(({ process }) => process.url);
    const load = startLoad({ tenants, urls, lanes: 24, random, stop: AbortSignal.any([loadStop.signal, stop]) });
    const schedule = startFaultSchedule({
      fleet,
      db,
      load,
      random,
      backend: settings.backend,
      stop: AbortSignal.any([faultsStop.signal, stop]),
    });
    const progress = setInterval(() => say(schedule.progress()), 5_000);
    const over = sleep(settings.seconds * 1_000, undefined, { signal: stop }).catch(() => undefined);
    await Promise.race([over, schedule.done]); // a fault that cannot be injected ends the run
    faultsStop.abort();
    const faultsEndedAt = await schedule.done;
    loadStop.abort();
    say('whole again; waiting for what is due …');
    await load.done;
    const isSettled = await waitUntilSettled(db, stop);
    clearInterval(progress);
    const evidence = await collect(fleet, db, load, tenants);
    const recoveriesMs = schedule.kills.flatMap((kill) => recoveryTimesOf(kill, evidence));
    return {
      settings,
      injected: schedule.injected,
      load: load.counts,
      verdict: judge(evidence),
      evidence,
      isSettled,
      catchUpMs: catchUpTimesOf(evidence, faultsEndedAt),
      recoveriesMs,
    };
  } finally {
    faultsStop.abort();
    loadStop.abort();
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
          contact: formatId('contact', (await world.db.tables.contacts.create({ data })).id),
        };
      }),
    );
  } finally {
    await world.close();
  }
}

async function collect(fleet: ChaosFleet, db: Database, load: Load, tenants: Tenant[]): Promise<Evidence> {
  const read = await readEvidence(db, { workspaces: tenants.map(({ workspace }) => workspace) });
  const mails = fleet.sink.messages().map(({ id, subject, text, at }): Effect => ({
    action: parseId('action', id.slice(1, id.indexOf('@'))) ?? id,
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

/** One action's full story: its row, its log, what clients were told and what the provider counted. */
export function historyOf(id: string, { actions, events, records, effects }: Evidence): string {
  const row: Partial<ActionRow> = actions.find((action) => action.id === id) ?? {};
  const { preview: _, ...shown } = row;
  const lines = (items: readonly unknown[]): string => items.map((item) => `    ${JSON.stringify(item)}`).join('\n');
  return [
    `  the row\n    ${JSON.stringify(shown)}`,
    `  its log\n${lines((events.get(id) ?? []).map(({ version, event, status, at, actor, data }) => ({ version, event, status, at, by: actor.id, data })))}`,
    `  what clients asked and were told\n${lines(records.filter(({ action }) => action === id))}`,
    `  what the provider counted\n${lines(effects.filter(({ action }) => action === id))}`,
  ].join('\n');
}
