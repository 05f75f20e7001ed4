import { setTimeout as sleep } from 'node:timers/promises';
import type { Action } from '@proviso/contracts';
import { parseId } from '@proviso/core';
import { backends, judge, readEvidence, until, type ClientRecord, type Running } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { startSmtpSink, type SmtpSink } from '@proviso/local-server/smtp-sink';

const LANES = 4;
const CALM_MS = 100;
/** How long a stop may take here: no run of these stories lasts longer. */
const GRACE_MS = 10_000;

describe.each(backends())('a deployment $name', ({ redisUrl }) => {
  /** Long enough that a slow machine loses no leases. */
  const fleet = useFleet({ redisUrl, env: { PROVISO_LEASE_MS: '15000', PROVISO_HEARTBEAT_MS: '3000' } });
  let sink: SmtpSink;
  beforeEach(async () => {
    sink = await startSmtpSink();
  });
  afterEach(() => sink.close());

  /** Sends SIGTERM; the process must end by itself, in time, and with success. */
  async function stopped(process: Running): Promise<void> {
    const startedAt = performance.now();
    expect(await process.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(GRACE_MS);
  }

  interface Crowd {
    /** Starts a process with less load: nothing is sent to it meanwhile, and it would only start late. */
    calmly<P>(start: () => Promise<P>): Promise<P>;
    stop(): Promise<void>;
    records: ClientRecord[];
    /** Replies of 5xx. */
    failures: string[];
    /** Connections that were refused or cut, and tried again. */
    retries(): number;
  }

  /**
   * Proposes e-mails without a pause, at any running api; see `calmly`. A lost connection is retried under the same key.
   */
  async function startCrowd(urls: () => string[]): Promise<Crowd> {
    const identity_id = await fleet.mailbox(sink);
    const token = await fleet.workspace.token({});
    const records: ClientRecord[] = [];
    const failures: string[] = [];
    let retries = 0;
    let pauseMs = 0;
    const over = new AbortController();
    const propose = async (request: string): Promise<void> => {
      const params = { email: 'to@example.com', subject: request, message: request };
      const sent = { type: 'email_message', identity_id, params, metadata: { request } };
      const record: ClientRecord = {
        workspace: fleet.workspace.id,
        request,
        verb: 'create',
        action: null,
        sent,
        told: null,
      };
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
          record.action = parseId('action', action.action_id) ?? null;
          record.told = { version: action.version, status: action.status };
        }
      }
    };
    const lane = async (number: number): Promise<void> => {
      for (let index = 0; !over.signal.aborted; index += 1) {
        await propose(`${number} ${index}`);
        if (pauseMs > 0) await sleep(pauseMs);
      }
    };
    const done = Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    return {
      records,
      failures,
      retries: () => retries,
      calmly: async (start) => {
        pauseMs = CALM_MS;
        return start().finally(() => (pauseMs = 0));
      },
      stop: async () => {
        over.abort();
        await done;
      },
    };
  }

  /** Waits until the lanes are at work without a pause again. */
  function underLoad({ records }: Crowd): Promise<unknown> {
    const before = records.length;
    return until('each lane to propose again', () => records.length >= before + 3 * LANES, 20_000);
  }

  /** Everything is done once, as it was acknowledged, and nothing is unknown: a stop is not a crash. */
  async function expectAllDone({ records }: Crowd): Promise<void> {
    const open = () => fleet.countActions({ status: { not: 'completed' } });
    await until('every action to be done', async () => (await open()) === 0, 60_000);
    const effects = sink.messages().map(({ id, subject, text, at }) => ({
      action: parseId('action', id.slice(1, id.indexOf('@'))) ?? id,
      identity: id,
      said: { subject, message: text.trimEnd() },
      at: new Date(at),
    }));
    const read = await readEvidence(fleet.db, { workspaces: [fleet.workspace.id] });
    const verdict = judge({ ...read, records, effects, counted: ['email_message'], graceMs: 0 });
    expect(verdict).toMatchObject({ violations: [], unknown: 0 });
    expect(effects).toHaveLength(records.length);
    expect(read.actions.filter(({ crashes }) => crashes > 0)).toEqual([]);
  }

  it('of every process in turn, under load, fails no request and loses no action', async () => {
    const apis = [await fleet.startApi(), await fleet.startApi()];
    const workers = [await fleet.startWorker(), await fleet.startWorker()];
    const crowd = await startCrowd(() => apis.map(({ url }) => url));
    await sink.waitFor(10, { timeoutMs: 30_000 });
    for (const slot of [0, 1]) {
      const [api, worker] = [apis[slot] as (typeof apis)[0], workers[slot] as Running];
      apis[slot] = await crowd.calmly(() => fleet.startApi()); // the new one answers before the old one is stopped
      await underLoad(crowd);
      await stopped(api);
      await stopped(worker);
      workers[slot] = await crowd.calmly(() => fleet.startWorker());
    }
    await crowd.stop();
    expect(crowd.failures).toEqual([]);
    expect(crowd.retries()).toBeLessThanOrEqual(2 * LANES);
    expect(crowd.records.length).toBeGreaterThan(20);
    await expectAllDone(crowd);
  }, 120_000);
});
