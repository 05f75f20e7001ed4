import type { Action } from '@proviso/contracts';
import { backends, until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { startSmtpSink, type SmtpSink } from '@proviso/local-server/smtp-sink';
import { Redis } from 'ioredis';

const EMAILS = 200;
const PROPOSERS = 8;
const TERMINAL = ['completed', 'failed', 'rejected', 'cancelled'];

describe.each(backends())('a fleet $name', ({ redisUrl }) => {
  const fleet = useFleet({ redisUrl });
  let sink: SmtpSink;
  beforeEach(async () => {
    if (redisUrl) await withRedis((redis) => redis.flushdb());
    sink = await startSmtpSink();
  });
  afterEach(() => sink.close());

  /** Uses this file's own database of the server: FLUSHALL would affect the other files. */
  async function withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(redisUrl as string);
    return work(redis).finally(() => redis.disconnect());
  }

  const email = (identity_id: string, index: number, more: object = {}) => ({
    type: 'email_message',
    identity_id,
    params: { email: `to-${index}@example.com`, subject: `No ${index}`, message: `Message ${index}` },
    ...more,
  });

  /** A few at a time: an api may refuse a hundred at once. */
  const inLanes = (from: number, to: number, send: (index: number) => Promise<{ status: number }>): Promise<unknown> =>
    Promise.all(
      Array.from({ length: PROPOSERS }, async (_, lane) => {
        for (let index = from + lane; index < to; index += PROPOSERS) expect((await send(index)).status).toBe(200);
      }),
    );

  const open = () => fleet.countActions({ status: { notIn: TERMINAL } });

  /** Every completed action arrived once, nothing arrived twice, and unknown outcomes are reported as such. */
  async function judge(expected: number): Promise<Record<string, number>> {
    const actions = await fleet.actions();
    expect(actions).toHaveLength(expected);
    const arrived = new Map<string, number>();
    for (const { to } of sink.messages()) arrived.set(String(to[0]), (arrived.get(String(to[0])) ?? 0) + 1);
    expect([...arrived.values()].filter((count) => count > 1)).toEqual([]);
    const tally: Record<string, number> = {};
    for (const { status, status_reason, params } of actions) {
      const kind = status_reason ? `${status}/${status_reason}` : status;
      tally[kind] = (tally[kind] ?? 0) + 1;
      expect(['completed', 'failed/outcome_unknown']).toContain(kind);
      if (status === 'completed') expect(arrived.get((params as { email: string }).email)).toBe(1);
    }
    return tally;
  }

  it(`sends ${EMAILS} e-mails of ${PROPOSERS} proposers once each, although a worker is killed midway`, async () => {
    const [api, doomed] = await Promise.all([fleet.sharedApi(), fleet.startWorker(), fleet.startWorker()]);
    const identity = await fleet.mailbox(sink);
    const owner = await fleet.client(api);
    const proposer = async (lane: number): Promise<void> => {
      for (let index = lane; index < EMAILS; index += PROPOSERS) {
        const { status } = await owner(
          'POST',
          '/v1/actions',
          email(identity, index, index % 5 ? {} : { direct: true }),
        );
        expect(status).toBe(200);
      }
    };
    const proposing = Promise.all(Array.from({ length: PROPOSERS }, (_, lane) => proposer(lane)));
    await sink.waitFor(EMAILS / 4, { timeoutMs: 30_000 });
    await doomed.kill('SIGKILL');
    await proposing;
    await until('every action to end', async () => (await open()) === 0, 40_000);
    const tally = await judge(EMAILS);
    expect(tally.completed).toBeGreaterThan(EMAILS - 20);
  }, 90_000);

  it('runs an approved action although the api dies between commit and wake-up', async () => {
    const api = await fleet.startApi();
    const identity = await fleet.mailbox(sink);
    const owner = await fleet.client(api);
    const { body } = await owner<{ action: Action }>(
      'POST',
      '/v1/actions',
      email(identity, 0, { require_approval: true }),
    );
    await owner('POST', `/v1/actions/${body.action.action_id}/approve`, { action: 'approve' });
    await api.kill();
    // Every wake-up is lost: only the row is left.
    if (redisUrl) await withRedis((redis) => redis.flushdb());
    else await fleet.db.pool.query('delete from bullmq.job');
    await fleet.startWorker();
    await sink.waitFor(1, { timeoutMs: 15_000 });
    await until('the action to end', async () => (await open()) === 0);
    await judge(1);
  }, 60_000);

  it('starts nothing after a pause has replied, and everything after the resume', async () => {
    const [api] = await Promise.all([fleet.sharedApi(), fleet.startWorker(), fleet.startWorker()]);
    const identity = await fleet.mailbox(sink);
    const owner = await fleet.client(api);
    const propose = (from: number, to: number) =>
      inLanes(from, to, (index) => owner('POST', '/v1/actions', email(identity, index)));
    const load = propose(0, 120);
    await sink.waitFor(20, { timeoutMs: 20_000 });
    expect((await owner('POST', '/v1/pause')).status).toBe(200);
    const answeredAt = await fleet.now();
    await load;
    await propose(120, 150); // the agents do not know
    const claimed = (since: Date): Promise<number> =>
      fleet.db.tables.action_events.count({
        where: { workspace_id: fleet.workspace.id, event: 'action.claimed', at: { gt: since } },
      });
    const stillRunning = () => fleet.countActions({ status: 'running' });
    await until('what runs to end', async () => (await stillRunning()) === 0, 20_000);
    const held = await open();
    expect(held).toBeGreaterThanOrEqual(30);
    // Two more sweeps of both workers, and every wake-up that was still queued.
    await until('two sweep periods', () => Date.now() - answeredAt.getTime() > 2_500);
    expect(await claimed(answeredAt)).toBe(0);
    expect(await open()).toBe(held);
    await owner('POST', '/v1/resume');
    await until('the rest to end', async () => (await open()) === 0, 30_000);
    expect(await judge(150)).toEqual({ completed: 150 });
  }, 90_000);

  it('finishes running actions when it is told to stop', async () => {
    const [api, worker] = await Promise.all([fleet.startApi(), fleet.startWorker()]);
    const identity = await fleet.mailbox(sink);
    const owner = await fleet.client(api);
    await Promise.all(Array.from({ length: 20 }, (_, index) => owner('POST', '/v1/actions', email(identity, index))));
    await sink.waitFor(3, { timeoutMs: 15_000 });
    expect(await worker.stop()).toBe(0);
    expect(await fleet.countActions({ status: 'running' })).toBe(0);
    expect(await api.stop()).toBe(0);
    await fleet.startWorker();
    await until('the rest to end', async () => (await open()) === 0, 30_000);
    expect(await judge(20)).toEqual({ completed: 20 });
  }, 60_000);

  if (redisUrl) {
    it('runs all of 100 scheduled actions although Redis forgets everything', async () => {
      const [api] = await Promise.all([fleet.sharedApi(), fleet.startWorker()]);
      const identity = await fleet.mailbox(sink);
      const owner = await fleet.client(api);
      const scheduled_time = new Date(Date.now() + 5_000).toISOString();
      await inLanes(0, 100, (index) => owner('POST', '/v1/actions', email(identity, index, { scheduled_time })));
      await withRedis((redis) => redis.flushdb());
      await until('every action to end', async () => (await open()) === 0, 30_000);
      expect(await judge(100)).toEqual({ completed: 100 });
    }, 60_000);

    it('accepts and runs actions although Redis was never there', async () => {
      const away = { redisUrl: 'redis://127.0.0.1:1' };
      const [api] = await Promise.all([fleet.startApi(away), fleet.startWorker(away)]);
      const identity = await fleet.mailbox(sink);
      const owner = await fleet.client(api);
      const { body } = await owner('GET', '/readyz');
      expect(body.status).toBe('degraded');
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, index) => owner('POST', '/v1/actions', email(identity, index))),
      );
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
      await until('every action to end', async () => (await open()) === 0, 30_000);
      expect(await judge(20)).toEqual({ completed: 20 });
    }, 60_000);
  }
});
