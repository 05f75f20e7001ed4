import {
  backends,
  clientOf,
  openWorld,
  startApi,
  startTcpProxy,
  startWorker,
  until,
  type Running,
  type TestWorkspace,
  type World,
} from '@proviso/testing';
import { startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';

/** The times that the service ships with. */
const SHIPPED = { PROVISO_LEASE_MS: '8000', PROVISO_HEARTBEAT_MS: '2500', PROVISO_SWEEP_MS: '2500' };
const RECOVERED_MS_MAX = 20_000;
const LATE_MS_MAX = 10_000;
/** Redis is away for so long; what holds for this holds for as long as one likes: nothing waits for it. */
const AWAY_MS = 20_000;
const HELD = 8;

const figures = (what: string, ms: number[]): void => {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1_000).toFixed(1);
  process.stdout.write(`${what}: p50 ${at(0.5)} s, p99 ${at(0.99)} s, of ${ms.length}\n`);
};

describe.each(backends())('with the times that ship, $name', ({ redisUrl }) => {
  let world: World;
  let workspace: TestWorkspace;
  let mail: FaultySmtpServer;
  let running: Running[];
  beforeEach(async () => {
    running = [];
    world = await openWorld();
    workspace = await world.workspace();
    mail = await startFaultySmtpServer();
  });
  afterEach(async () => {
    await Promise.all(running.map((process) => process.kill()));
    await mail.close();
    await world.close();
  });

  const started = async <T extends Running>(starting: Promise<T>): Promise<T> => {
    const process = await starting;
    running.push(process);
    return process;
  };
  const rows = () => world.db.tables.actions.findMany({ where: { workspace_id: workspace.id } });
  const mailbox = () =>
    workspace.identity('smtp', { host: '127.0.0.1', port: mail.port, secure: false, from: 'a@example.com' });
  const email = (identity_id: string, index: number, more: object = {}) => ({
    type: 'email_message',
    identity_id,
    params: { email: 'to@example.com', subject: `No ${index}`, message: 'hello' },
    ...more,
  });

  it('what a worker had not begun when it was killed runs elsewhere within lease and sweep', async () => {
    const fleet = { databaseUrl: world.databaseUrl, redisUrl, env: SHIPPED };
    const api = await started(startApi(fleet));
    const doomed = await started(startWorker(fleet));
    const owner = clientOf(api.url, await workspace.token({}));
    const identity = await mailbox();
    for (let index = 0; index < HELD; index += 1) mail.next({ at: 'MAIL', ending: 'hang' });
    for (let index = 0; index < HELD; index += 1) await owner('POST', '/v1/actions', email(identity, index));
    await until('all to run', async () => (await rows()).every(({ status }) => status === 'running'), 20_000);
    await started(startWorker(fleet));
    const { rows: clock } = await world.db.pool.query<{ now: Date }>('select clock_timestamp() as now');
    const killedAt = clock[0]?.now.getTime() ?? 0;
    await doomed.kill('SIGKILL');
    await until('all to be done', async () => (await rows()).every(({ status }) => status === 'completed'), 60_000);
    const where = { workspace_id: workspace.id, event: 'action.claimed', at: { gt: new Date(killedAt) } };
    const claims = await world.db.tables.action_events.findMany({ where });
    const tookMs = claims.map(({ at }) => at.getTime() - killedAt);
    figures('kill -9 of a worker until its actions run elsewhere', tookMs);
    expect(tookMs).toHaveLength(HELD);
    expect(Math.max(...tookMs)).toBeLessThan(RECOVERED_MS_MAX);
    expect(mail.accepted).toHaveLength(HELD);
  }, 120_000);

  if (redisUrl) {
    it(`Redis stopped for ${AWAY_MS / 1_000} s fails no create, and starts nothing more than ${LATE_MS_MAX / 1_000} s late`, async () => {
      const redis = await startTcpProxy({ port: Number(new URL(redisUrl).port) });
      const at = redisUrl.replace(/:\d+\//, `:${redis.port}/`);
      const fleet = { databaseUrl: world.databaseUrl, redisUrl: at, env: SHIPPED };
      const api = await started(startApi(fleet));
      await started(startWorker(fleet));
      await started(startWorker(fleet));
      const owner = clientOf(api.url, await workspace.token({}));
      const identity = await mailbox();
      await redis.refuse();
      const endsAt = performance.now() + AWAY_MS;
      const statuses: number[] = [];
      for (let index = 0; performance.now() < endsAt; index += 1)
        statuses.push((await owner('POST', '/v1/actions', email(identity, index))).status);
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      await redis.pass();
      await until('all to be done', async () => (await rows()).every(({ status }) => status === 'completed'), 60_000);
      const lateMs = (await rows()).map(
        ({ started_at, created_at }) => (started_at?.getTime() ?? 0) - created_at.getTime(),
      );
      figures(`Redis away: ${statuses.length} creates succeeded; due actions started late`, lateMs);
      expect(Math.max(...lateMs)).toBeLessThan(LATE_MS_MAX);
      await redis.close();
    }, 120_000);
  }
});
