import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseId } from '@proviso/core';
import type { Action } from '@proviso/contracts';
import { backends, until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';

const SCHEDULED = 20;
/**
 * How late an action may start on a fleet whose clocks disagree: a sweep, a second before it counts as late, and slack.
 */
const LATE_MS_MAX = 8_000;

/** The library that shifts a process's clock (Debian: libfaketime). */
const LIBRARY = ['/usr/lib', ...readdirSync('/usr/lib').map((dir) => path.join('/usr/lib', dir))]
  .map((dir) => path.join(dir, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file));

const shifted = (by: string) => ({
  env: { LD_PRELOAD: LIBRARY ?? '', FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1' },
});

if (!LIBRARY && process.env.CI) throw new Error('CI is set and libfaketime is missing (Debian: libfaketime)');

(LIBRARY ? describe : describe.skip).each(backends())('clocks that are wrong by ten minutes, $name', ({ redisUrl }) => {
  const fleet = useFleet({ redisUrl });
  let mail: FaultySmtpServer;
  beforeEach(async () => {
    mail = await startFaultySmtpServer();
  });
  afterEach(() => mail.close());

  it.each(['+600s', '-600s'])(
    '%s on an api and a worker: nothing starts early, late, or twice',
    async (by) => {
      const api = await fleet.startApi(shifted(by));
      const probe = await fetch(`${api.url}/nowhere`);
      const { timestamp } = (await probe.json()) as { timestamp: string };
      expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeGreaterThan(500_000); // its clock really is wrong
      await fleet.startWorker(shifted(by));
      await fleet.startWorker();
      const owner = await fleet.client(api);
      const identity_id = await fleet.mailbox(mail);
      const dueAt = Date.now() + 4_000;
      const propose = async (index: number): Promise<string> => {
        const { body, status } = await owner<{ action: Action }>('POST', '/v1/actions', {
          type: 'email_message',
          identity_id,
          params: { email: 'to@example.com', subject: `No ${index}`, message: 'hello' },
          scheduled_time: new Date(dueAt).toISOString(),
          expires_at: new Date(dueAt + 60_000).toISOString(),
        });
        expect(status).toBe(200);
        return parseId('action', body.action.action_id) ?? '';
      };
      await Promise.all(Array.from({ length: SCHEDULED }, (_, index) => propose(index)));
      const open = () => fleet.countActions({ status: { not: 'completed' } });
      await until('all to be done', async () => (await open()) === 0, 40_000);
      for (const { started_at, attempts, crashes } of await fleet.actions()) {
        const lateMs = (started_at?.getTime() ?? 0) - dueAt;
        expect(lateMs).toBeGreaterThanOrEqual(0);
        expect(lateMs).toBeLessThan(LATE_MS_MAX);
        expect([attempts, crashes]).toEqual([1, 0]);
      }
      expect(mail.accepted).toHaveLength(SCHEDULED);
    },
    120_000,
  );

  it('steal no lease from a healthy worker whose clock is behind, although a run takes three leases', async () => {
    const slow = await fleet.startWorker(shifted('-600s'));
    const api = await fleet.startApi();
    const owner = await fleet.client(api);
    let letGo = (): void => undefined;
    mail.next({ at: 'end', accepts: true, reply: '250 late', until: new Promise((resolve) => (letGo = resolve)) });
    const reached = mail.reached('end');
    const params = { email: 'to@example.com', subject: 'Slow', message: 'hello' };
    await owner('POST', '/v1/actions', { type: 'email_message', identity_id: await fleet.mailbox(mail), params });
    await reached;
    await fleet.startWorker(shifted('+600s')); // it sweeps each second, and would see a lease that is long over
    const threeLeases = performance.now() + 9_000;
    await until('three leases', () => performance.now() > threeLeases);
    letGo();
    await until('it to end', async () => (await fleet.countActions({ status: 'completed' })) === 1);
    const [row] = await fleet.actions();
    expect(row).toMatchObject({ attempts: 1, crashes: 0, fence: 1 });
    expect(mail.accepted).toHaveLength(1);
    expect(slow.output()).not.toContain('lost the lease');
  }, 120_000);
});
