import { backends, until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';

/** The default times of the service. */
const SHIPPED = { PROVISO_LEASE_MS: '8000', PROVISO_HEARTBEAT_MS: '2500', PROVISO_SWEEP_MS: '2500' };
const RECOVERED_MS_MAX = 20_000;
const HELD = 8;

const figures = (what: string, ms: number[]): void => {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1_000).toFixed(1);
  process.stdout.write(`${what}: p50 ${at(0.5)} s, p99 ${at(0.99)} s, of ${ms.length}\n`);
};

describe.each(backends())('with the default times, $name', ({ redisUrl }) => {
  const fleet = useFleet({ redisUrl, env: SHIPPED });
  let mail: FaultySmtpServer;
  beforeEach(async () => {
    mail = await startFaultySmtpServer();
  });
  afterEach(() => mail.close());

  const email = (identity_id: string, index: number) => ({
    type: 'email_message',
    identity_id,
    params: { email: 'to@example.com', subject: `No ${index}`, message: 'hello' },
  });

  it('what a killed worker had not begun runs elsewhere within a lease and a sweep', async () => {
    const api = await fleet.startApi();
    const doomed = await fleet.startWorker();
    const owner = await fleet.client(api);
    const identity = await fleet.mailbox(mail);
    for (let index = 0; index < HELD; index += 1) mail.next({ at: 'MAIL', ending: 'hang' });
    for (let index = 0; index < HELD; index += 1) await owner('POST', '/v1/actions', email(identity, index));
    await until('all to run', async () => (await fleet.actions()).every(({ status }) => status === 'running'), 20_000);
    await fleet.startWorker();
    const killedAt = await fleet.now();
    await doomed.kill('SIGKILL');
    await until(
      'all to be done',
      async () => (await fleet.actions()).every(({ status }) => status === 'completed'),
      60_000,
    );
    const where = { workspace_id: fleet.workspace.id, event: 'action.claimed', at: { gt: killedAt } };
    const claims = await fleet.db.tables.action_events.findMany({ where });
    const tookMs = claims.map(({ at }) => at.getTime() - killedAt.getTime());
    figures('kill -9 of a worker until its actions run elsewhere', tookMs);
    expect(tookMs).toHaveLength(HELD);
    expect(Math.max(...tookMs)).toBeLessThan(RECOVERED_MS_MAX);
    expect(mail.accepted).toHaveLength(HELD);
  }, 120_000);
});
