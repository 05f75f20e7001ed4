import type { Action } from '@proviso/contracts';
import { readId } from '@proviso/core';
import {
  backends,
  judge,
  openWorld,
  readEvidence,
  startApi,
  startWorker,
  until,
  type ClientRecord,
  type Running,
  type TestWorkspace,
  type World,
} from '@proviso/testing';
import { startSmtpSink, type SmtpSink } from '@proviso/local-server/smtp-sink';

const LANES = 4;
/** What a stop may take here: no run of these stories lasts longer. */
const GRACE_MS = 10_000;

describe.each(backends())('a deployment $name', ({ redisUrl }) => {
  let world: World;
  let workspace: TestWorkspace;
  let sink: SmtpSink;
  const running = new Set<Running>();
  beforeEach(async () => {
    world = await openWorld();
    workspace = await world.workspace();
    sink = await startSmtpSink();
  });
  afterEach(async () => {
    await Promise.all([...running].map((process) => process.kill()));
    running.clear();
    await sink.close();
    await world.close();
  });

  /** Leases that are not lost to a machine that is merely slow. */
  const env = { PROVISO_LEASE_MS: '15000', PROVISO_HEARTBEAT_MS: '3000' };
  const fleet = () => ({ databaseUrl: world.databaseUrl, redisUrl, env });
  const started = async <T extends Running>(starting: Promise<T>): Promise<T> => {
    const process = await starting;
    running.add(process);
    return process;
  };
  /** Told to stop; it must end by itself, in time, and well. */
  async function stopped(process: Running): Promise<void> {
    const startedAt = performance.now();
    expect(await process.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(GRACE_MS);
    running.delete(process);
  }

  interface Crowd {
    stop(): Promise<void>;
    records: ClientRecord[];
    /** Answers of 5xx. */
    failures: string[];
    /** Connections that were refused or cut, and tried again. */
    retries(): number;
  }

  /** Proposes e-mails without a pause, at whichever api there is; a lost connection is tried again under the same key. */
  async function startCrowd(urls: () => string[]): Promise<Crowd> {
    const config = { host: '127.0.0.1', port: sink.port, secure: false, from: 'Sales <sales@example.com>' };
    const identity_id = await workspace.identity('smtp', config);
    const token = await workspace.token({});
    const records: ClientRecord[] = [];
    const failures: string[] = [];
    let retries = 0;
    const over = new AbortController();
    const propose = async (request: string): Promise<void> => {
      const params = { email: 'to@example.com', subject: request, message: request };
      const sent = { type: 'email_message', identity_id, params, metadata: { request } };
      const record: ClientRecord = { workspace: workspace.id, request, verb: 'create', action: null, sent, told: null };
      records.push(record);
      for (let attempt = 0; !record.told; attempt += 1) {
        const all = urls();
        const reply = await fetch(`${all[attempt % all.length]}/v1/actions`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': request,
          },
          body: JSON.stringify(sent),
        }).catch(() => undefined);
        if (!reply) retries += 1;
        else if (reply.status >= 500) failures.push(`${reply.status} ${await reply.text()}`);
        else {
          const { action } = (await reply.json()) as { action: Action };
          record.action = readId('action', action.action_id) ?? null;
          record.told = { version: action.version, status: action.status };
        }
      }
    };
    const lane = async (number: number): Promise<void> => {
      for (let index = 0; !over.signal.aborted; index += 1) await propose(`${number} ${index}`);
    };
    const done = Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    return {
      records,
      failures,
      retries: () => retries,
      stop: async () => {
        over.abort();
        await done;
      },
    };
  }

  /** All of it done, once, and as it was acknowledged; nothing of it unknown: a stop is no crash. */
  async function expectAllDone({ records }: Crowd): Promise<void> {
    const where = { workspace_id: workspace.id };
    const open = () => world.db.tables.actions.count({ where: { ...where, status: { not: 'completed' } } });
    await until('every action to be done', async () => (await open()) === 0, 60_000);
    const effects = sink.messages().map(({ id, subject, text, at }) => ({
      action: readId('action', id.slice(1, id.indexOf('@'))) ?? id,
      identity: id,
      said: { subject, message: text.trimEnd() },
      at: new Date(at),
    }));
    const read = await readEvidence(world.db, { workspaces: [workspace.id] });
    const verdict = judge({ ...read, records, effects, counted: ['email_message'], graceMs: 0 });
    expect(verdict).toMatchObject({ violations: [], unknown: 0 });
    expect(effects).toHaveLength(records.length);
    expect(read.actions.filter(({ crashes }) => crashes > 0)).toEqual([]);
  }

  it('of every process in turn, under load, fails no request and loses no action', async () => {
    const apis = [await started(startApi(fleet())), await started(startApi(fleet()))];
    const workers = [await started(startWorker(fleet())), await started(startWorker(fleet()))];
    const crowd = await startCrowd(() => apis.map(({ url }) => url));
    await sink.waitFor(10, { timeoutMs: 30_000 });
    for (const slot of [0, 1]) {
      const [api, worker] = [apis[slot] as (typeof apis)[0], workers[slot] as Running];
      apis[slot] = await started(startApi(fleet())); // the new one answers before the old one is told to stop
      await stopped(api);
      await stopped(worker);
      workers[slot] = await started(startWorker(fleet()));
    }
    await crowd.stop();
    expect(crowd.failures).toEqual([]);
    expect(crowd.retries()).toBeLessThanOrEqual(2 * LANES);
    expect(crowd.records.length).toBeGreaterThan(20);
    await expectAllDone(crowd);
  }, 120_000);
});
