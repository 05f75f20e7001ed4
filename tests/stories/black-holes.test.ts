import type { Action } from '@proviso/contracts';
import { backends, startTcpProxy, until, type TcpProxy } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { startResendFake } from '@proviso/testing/providers/resend';
import { startSmtpSink } from '@proviso/local-server/smtp-sink';

/** Swallowed traffic must be noticed within this time, although no error arrives. */
const NOTICED_MS = 30_000;

describe.each(backends())('a black hole, with the queue $name', ({ redisUrl }) => {
  const fleet = useFleet({ redisUrl });
  let database: TcpProxy;
  let redis: TcpProxy | undefined;
  beforeEach(async () => {
    database = await startTcpProxy({ port: Number(new URL(fleet.world.databaseUrl).port) });
    redis = redisUrl ? await startTcpProxy({ port: Number(new URL(redisUrl).port) }) : undefined;
  });
  afterEach(async () => {
    await database.close();
    await redis?.close();
  });

  const at = (url: string, { port }: TcpProxy): string => url.replace(/:\d+\//, `:${port}/`);
  const throughDatabase = () => ({ databaseUrl: at(fleet.world.databaseUrl, database) });
  const propose = async (url: string): Promise<{ status: number; id: string }> => {
    const owner = await fleet.client({ url });
    const note = { content: 'a note', contact_id: await fleet.contact() };
    const body = { type: 'create_note', identity_id: fleet.workspace.identityId, params: note };
    const reply = await owner<{ action: Action }>('POST', '/v1/actions', body);
    return { status: reply.status, id: reply.body.action?.action_id };
  };
  const completed = () => fleet.countActions({ status: 'completed' });

  it('between an api and PostgreSQL gets 503 and is detected, and the api recovers by itself', async () => {
    const api = await fleet.startApi(throughDatabase());
    expect((await propose(api.url)).status).toBe(200);
    database.swallow('existing');
    const startedAt = performance.now();
    const first = await propose(api.url);
    expect([200, 503]).toContain(first.status);
    await until('a create to succeed', async () => (await propose(api.url)).status === 200, NOTICED_MS);
    expect(performance.now() - startedAt).toBeLessThan(NOTICED_MS);
    expect((await fetch(`${api.url}/livez`)).status).toBe(200);
  }, 90_000);

  it('between a worker and PostgreSQL delays work only until it is detected', async () => {
    const api = await fleet.sharedApi();
    await fleet.startWorker(throughDatabase());
    await propose(api.url);
    await until('the first to be done', async () => (await completed()) === 1);
    database.swallow('existing');
    await propose(api.url);
    await until('the second to be done', async () => (await completed()) === 2, NOTICED_MS);
  }, 90_000);

  it('between a worker and PostgreSQL that lasts is overcome within 30 s of its end', async () => {
    const api = await fleet.sharedApi();
    await fleet.startWorker(throughDatabase());
    await propose(api.url);
    await until('the first to be done', async () => (await completed()) === 1);
    database.swallow('all');
    await propose(api.url);
    const lasting = performance.now() + 8_000;
    await until('it to last', () => performance.now() > lasting);
    expect(await completed()).toBe(1);
    await database.pass();
    await until('the second to be done', async () => (await completed()) === 2, NOTICED_MS);
  }, 90_000);

  it('between a worker and its queue is detected: wake-ups arrive again although no sweep runs', async () => {
    const queueAt = redisUrl && redis ? { redisUrl: at(redisUrl, redis) } : throughDatabase();
    const api = await fleet.sharedApi();
    await fleet.startWorker({ ...queueAt, env: { PROVISO_SWEEP_MS: '3600000' } });
    await propose(api.url);
    await until('the first to be done', async () => (await completed()) === 1);
    (redis ?? database).swallow('existing');
    await propose(api.url);
    await until('the second to be done', async () => (await completed()) === 2, NOTICED_MS);
  }, 90_000);

  it('between a worker and its providers is detected, the effect is repeated only under its key, and later ones succeed', async () => {
    const resend = await startResendFake({ apiKey: 're_key' });
    const sink = await startSmtpSink();
    const http = await startTcpProxy({ port: Number(new URL(resend.url).port) });
    const smtp = await startTcpProxy({ port: sink.port });
    try {
      const env = { PROVISO_RESEND_URL: `http://127.0.0.1:${http.port}`, PROVISO_EXECUTE_TIMEOUT_MS: '8000' };
      const [api] = [await fleet.startApi({ env }), await fleet.startWorker({ env })];
      const owner = await fleet.client(api);
      const news = await fleet.workspace.identity('resend', { from: 'us@ours.test' }, { api_key: 're_key' });
      const mailbox = await fleet.mailbox(smtp);
      const both = [
        { type: 'resend_send_email', identity_id: news, params: { to: 'a@example.com', subject: 'One', text: 'Hi' } },
        {
          type: 'email_message',
          identity_id: mailbox,
          params: { email: 'a@example.com', subject: 'One', message: 'Hi' },
        },
      ];
      const proposeBoth = () => Promise.all(both.map((body) => owner('POST', '/v1/actions', body)));
      http.dropReplies('silence');
      smtp.swallow('all');
      await proposeBoth();
      await until('the first to have arrived', () => resend.sent.length === 1);
      const where = { workspace_id: fleet.workspace.id, event: 'action.retried' };
      const noticed = () => fleet.db.tables.action_events.findMany({ where, distinct: 'action_id' });
      await until('both to be noticed', async () => (await noticed()).length === 2, NOTICED_MS);
      await Promise.all([http.pass(), smtp.pass()]);
      await proposeBoth();
      await until('all to be done', async () => (await completed()) === 4, NOTICED_MS);
      expect(resend.sent).toHaveLength(2);
      expect(sink.messages()).toHaveLength(2);
    } finally {
      await Promise.all([http, smtp, resend, sink].map((side) => side.close()));
    }
  }, 120_000);

  if (redisUrl) {
    it('between an api and Redis delays no create', async () => {
      const api = await fleet.startApi({ redisUrl: at(redisUrl, redis as TcpProxy) });
      expect((await propose(api.url)).status).toBe(200);
      redis?.swallow('all');
      const startedAt = performance.now();
      for (let index = 0; index < 20; index += 1) expect((await propose(api.url)).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }, 60_000);
  }
});
