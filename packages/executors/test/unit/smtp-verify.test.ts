import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { JsonObject } from '@proviso/contracts';
import type { Verification } from '@proviso/core/executor';
import { smtpFault, startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';
import { emailMessage } from '../../src/index.ts';
import { smtp } from '../../src/providers/smtp.ts';
import { recordsOf } from '../records.ts';

const LOGIN = { user: 'sales', pass: 'tr0ub4dor&3' };
const settings = { allowPrivateAddresses: true };

describe('the verification of an smtp identity', () => {
  let server: FaultySmtpServer;
  const start = async (auth?: typeof LOGIN): Promise<void> => {
    server = await startFaultySmtpServer(auth ? { auth } : {});
  };
  afterEach(async () => {
    expect([server.accepted, server.rejected, server.contentLines()]).toEqual([[], [], 0]);
    await server.close();
  });

  const configOf = (config: JsonObject) => ({
    host: server.host,
    port: server.port,
    secure: false,
    from: 'Sales <sales@ours.test>',
    require_tls: false,
    ...config,
  });
  const verify = (
    credentials: typeof LOGIN | null,
    { signal = AbortSignal.timeout(5_000), ...config }: JsonObject & { signal?: AbortSignal } = {},
  ): Promise<Verification> => smtp(settings).verify({ config: configOf(config), credentials, signal });
  const send = (credentials: typeof LOGIN | null) =>
    emailMessage(settings).execute({
      action: {
        id: 'act_01h455vb4pex5vsknk084sn02q',
        workspaceId: 'w',
        params: { email: 'ada@example.com', subject: 'x', message: 'x' },
        attempt: 1,
        approval: null,
      },
      records: recordsOf(),
      identity: { id: 'id_1', provider: 'smtp', name: 'x', config: configOf({}) },
      credentials,
      key: 'k',
      signal: AbortSignal.timeout(5_000),
      begin: async () => undefined,
    });
  const says = (code: string, what: string): Verification => ({
    ok: false,
    message: `${server.host}:${server.port} did not accept this identity (${code}): ${what}.`,
  });

  it('logs in, offers the sender, and sends nothing', async () => {
    await start(LOGIN);
    expect(await verify(LOGIN)).toEqual({ ok: true, account: 'Sales <sales@ours.test>' });
    expect(await verify({ ...LOGIN, pass: 'wrong!' })).toEqual(says('EAUTH', '535 5.7.8 authentication failed'));
  });

  it('reports that a server offers no login although there are credentials', async () => {
    await start();
    expect(await verify(null)).toMatchObject({ ok: true });
    expect(await verify(LOGIN)).toEqual(says('EAUTH', 'it does not support login, but the identity has credentials'));
    expect(await send(LOGIN)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['it wants a login, and there are no credentials', '530 5.7.0 Authentication required'],
    ['it does not know the sender', '553 5.7.1 Sender address rejected: not owned by user'],
    ['it takes nothing now', '451 4.3.2 not now'],
  ])('reports that %s', async (_, reply) => {
    await start();
    server.next(smtpFault.answers('MAIL', reply));
    expect(await verify(null)).toEqual(says('EENVELOPE', reply));
  });

  it('reports that there is no TLS for the credentials', async () => {
    await start(LOGIN);
    expect(await verify(LOGIN, { require_tls: true })).toMatchObject({ ok: false });
  });

  it.each([{ from: 'nobody' }, { from: 'a@x.test, b@x.test' }, { reply_to: 'not an address' }])(
    'reports that %j is not one address',
    async (config) => {
      await start();
      expect(await verify(null, config)).toEqual({
        ok: false,
        message: 'The config’s from and reply_to must each be one address.',
      });
    },
  );

  it.each([
    'SSH-2.0-OpenSSH_9.6 build-7.internal',
    'HTTP/1.1 400 Bad Request',
    '{"secret":"internal"}',
    '+OK POP3 ready',
  ])('repeats nothing from a server that does not speak SMTP: %s', async (banner) => {
    await start();
    server.next(smtpFault.answers('greeting', banner));
    expect(await verify(null)).toEqual(says('EPROTOCOL', 'it does not speak SMTP'));
    server.next(smtpFault.answers('greeting', banner));
    expect(await send(null)).toEqual({
      kind: 'retry',
      undone: true,
      message: 'The mail server did not accept the message: it does not speak SMTP',
    });
  });

  it('repeats one line of a long refusal, and no secret', async () => {
    await start(LOGIN);
    const reply = `554 5.7.1 not for ${LOGIN.pass}, ${'x'.repeat(2_000)}`;
    for (const ask of [verify, send]) {
      server.next(smtpFault.answers('greeting', reply));
      const { message } = (await ask(LOGIN)) as { message: string };
      expect(message).toContain('554 5.7.1 not for [hidden], xxx');
      expect(message.length).toBeLessThan(300);
    }
  });

  it('reports a closed port as no connection', async () => {
    await start();
    const { port } = server;
    await server.refuseConnections();
    const message = 'No connection could be made (ECONNREFUSED).';
    expect(await verify(null, { port })).toEqual({ ok: false, message });
    await server.listen();
  });

  it('ends with its signal, before a greeting that does not come', async () => {
    await start();
    server.next(smtpFault.hangs('greeting'));
    expect(await verify(null, { signal: AbortSignal.timeout(100) } as never)).toMatchObject({ ok: false });
  });

  it.each([true, false])('asks in TLS for the name that was given (from the first byte: %s)', async (secure) => {
    await start();
    const names: unknown[] = [];
    const far = createServer((socket) => {
      socket.on('error', () => undefined);
      const startTls = (): void => {
        const SNICallback = (name: string, done: (error: Error) => void): void => {
          names.push(name);
          done(new Error('no certificate here'));
        };
        new TLSSocket(socket, { isServer: true, SNICallback }).on('error', () => undefined);
      };
      if (secure) return startTls();
      socket.write('220 far.test\r\n');
      socket.on('data', (chunk) => {
        if (String(chunk).startsWith('EHLO')) return void socket.write('250-far.test\r\n250 STARTTLS\r\n');
        socket.removeAllListeners('data').write('220 go ahead\r\n');
        startTls();
      });
    }).listen(0, '127.0.0.1');
    await once(far, 'listening');
    const { port } = far.address() as AddressInfo;
    expect(await verify(null, { host: 'LOCALHOST.', port, secure, require_tls: true })).toMatchObject({ ok: false });
    expect(names).toEqual(['localhost']);
    far.close();
  });
});
