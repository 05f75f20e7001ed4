import {
  backends,
  clientOf,
  openWorld,
  startApi,
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
  const email = (identity_id: string, index: number) => ({
    type: 'email_message',
    identity_id,
    params: { email: 'to@example.com', subject: `No ${index}`, message: 'hello' },
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
});
