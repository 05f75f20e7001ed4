import {
  smtpFault,
  startFaultySmtpServer,
  type FaultySmtpOptions,
  type FaultySmtpServer,
} from '@proviso/testing/smtp-server';
import { SMTPServer } from 'smtp-server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { emailMessage } from '../../src/index.ts';
import { sendMail } from '../../src/email/send.ts';
import { ADA, recordsOf, THREAD, thread } from '../records.ts';

const settings = { allowPrivateAddresses: true };
const executor = emailMessage(settings);
const mail = { email: 'ada@example.com', subject: 'Hello', message: 'Hi Ada' };
const login = { user: 'sales', pass: 'tr0ub4dor&3' };

const opened: { close(): Promise<void> }[] = [];
async function start(options: FaultySmtpOptions = {}): Promise<FaultySmtpServer> {
  const started = await startFaultySmtpServer(options);
  opened.push(started);
  return started;
}

let server: FaultySmtpServer;
beforeEach(async () => {
  server = await start();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

interface Options {
  port?: number;
  config?: object;
  credentials?: typeof login | null;
  signal?: AbortSignal;
  begin?: () => Promise<void>;
}

const send = (params: object, options: Options = {}) =>
  executor.execute({
    action: {
      id: 'act_01h455vb4pex5vsknk084sn02q',
      workspaceId: 'w',
      params: { ...mail, ...params },
      attempt: 1,
      approval: null,
    },
    records: recordsOf(),
    identity: {
      id: 'id_1',
      provider: 'smtp',
      name: 'Sales',
      config: {
        host: '127.0.0.1',
        port: options.port ?? server.port,
        from: 'Sales <sales@ours.test>',
        ...options.config,
      },
    },
    credentials: options.credentials ?? null,
    key: 'k',
    signal: options.signal ?? new AbortController().signal,
    begin: options.begin ?? (async () => undefined),
  });

describe('an e-mail that is sent', () => {
  it('goes to every recipient, with the action’s Message-ID and without a Bcc header', async () => {
    const outcome = await send({ cc: 'bob@example.com', bcc: ['eve@example.com', 'BOB@example.com'] });
    expect(outcome).toMatchObject({
      kind: 'done',
      result: { message_id: '<act_01h455vb4pex5vsknk084sn02q@ours.test>', response: '250 2.0.0 queued as 1' },
    });
    const [received] = server.accepted;
    expect(received?.from).toBe('sales@ours.test');
    expect(received?.to.map((each) => each.toLowerCase())).toEqual([
      'ada@example.com',
      'bob@example.com',
      'eve@example.com',
    ]);
    expect(received?.raw).toContain('\r\nMessage-ID: <act_01h455vb4pex5vsknk084sn02q@ours.test>\r\n');
    expect(received?.raw).toMatch(/^From: Sales <sales@ours.test>\r\nTo: ada@example.com\r\nCc: bob@example.com\r\n/);
    expect(received?.raw).toMatch(/\r\nDate: /);
    expect(received?.raw).not.toMatch(/bcc|eve@/i);
  });

  it('preserves dots, bare newlines and other alphabets, and sends text and HTML as alternatives', async () => {
    await send({ message: 'one\n.\ntwo', html: '<p>bücher</p>', subject: 'Grüße' });
    const raw = server.accepted[0]?.raw ?? '';
    expect(raw).toContain('one\r\n.\r\ntwo');
    expect(raw).toContain('Content-Type: multipart/alternative');
    expect(raw).toContain('Content-Type: text/plain; charset=utf-8');
    expect(raw).toContain('Content-Type: text/html; charset=utf-8');
    expect(raw).toContain('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=');
    expect(server.accepted).toHaveLength(1);
  });

  it('is recorded in its thread with the chain that was sent', async () => {
    const references = ['<m1@example.com>', '<m2@example.com>'];
    const reply = { contact_id: ADA, thread_id: THREAD, in_reply_to_message_id: '<m2@example.com>', references };
    const outcome = await send(reply);
    expect(server.accepted[0]?.raw).toMatch(
      /In-Reply-To: <m2@example.com>\r\nReferences: <m1@example.com> <m2@example.com>\r\n/,
    );
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    const records = recordsOf({ threads: [thread()] });
    await outcome.write?.(records);
    expect(records.written.emails).toEqual([
      {
        contactId: ADA,
        threadId: THREAD,
        messageId: '<act_01h455vb4pex5vsknk084sn02q@ours.test>',
        inReplyTo: '<m2@example.com>',
        references,
        from: 'sales@ours.test',
        to: ['ada@example.com'],
        subject: 'Hello',
        text: 'Hi Ada',
      },
    ]);
    const contactGone = recordsOf({ contacts: [], threads: [] });
    await outcome.write?.(contactGone);
    expect(contactGone.written.emails).toEqual([]);
  });

  it('sends international domains as punycode', async () => {
    await send({ email: 'ada@bücher.example' });
    expect(server.accepted[0]?.to).toEqual(['ada@xn--bcher-kva.example']);
    expect(server.accepted[0]?.raw).toContain('To: ada@xn--bcher-kva.example\r\n');
  });
});

describe('begin', () => {
  it.each([true, false])('runs after the go-ahead and before the first byte (pipelining: %s)', async (pipelining) => {
    const own = await start({ pipelining });
    const goAhead = own.reached('DATA');
    const seen: number[] = [];
    const begin = async (): Promise<void> => {
      await goAhead;
      seen.push(own.contentLines());
    };
    expect(await send({}, { port: own.port, begin })).toMatchObject({ kind: 'done' });
    expect(seen).toEqual([0]);
  });

  it('does not run when the server refuses before the content', async () => {
    let begins = 0;
    server.next(smtpFault.answers('DATA', '554 5.7.1 no'));
    const begin = async (): Promise<void> => void begins++;
    expect(await send({}, { begin })).toMatchObject({ kind: 'refused' });
    expect(begins).toBe(0);
  });

  it('that throws leaves the server with an incomplete message', async () => {
    const lost = new Error('fenced');
    await expect(send({}, { begin: () => Promise.reject(lost) })).rejects.toBe(lost);
    expect([server.contentLines(), server.accepted.length, server.rejected.length]).toEqual([0, 0, 0]);
  });

  it('that returns after the run was stopped sends nothing', async () => {
    const stop = new AbortController();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const begin = (): Promise<void> => {
      stop.abort();
      return held;
    };
    expect(await send({}, { begin, signal: stop.signal })).toMatchObject({ kind: 'retry', undone: true });
    release();
    await send({});
    expect(server.accepted).toHaveLength(1);
  });
});

describe('a server that says 250 before it has the message', () => {
  it('is not trusted', async () => {
    server.next(smtpFault.answers('DATA', '354 go ahead\r\n250 2.0.0 taken'));
    const never = new Promise<void>(() => undefined);
    expect(await send({}, { begin: () => never })).toMatchObject({ kind: 'retry', undone: true });
    expect(server.contentLines()).toBe(0);
  });
});

describe('a message to several', () => {
  it.each([true, false])('is sent to nobody when one recipient is refused (pipelining: %s)', async (pipelining) => {
    const own = await start({ pipelining });
    own.next(smtpFault.answers('RCPT', '550 5.1.1 nobody here', 'bob@example.com'));
    const outcome = await send({ cc: 'bob@example.com' }, { port: own.port });
    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringContaining('nobody here') });
    expect([own.contentLines(), own.accepted.length]).toEqual([0, 0]);
  });

  it('waits as a whole when one recipient is delayed', async () => {
    server.next(smtpFault.answers('RCPT', '450 4.2.0 greylisted', 'bob@example.com'));
    expect(await send({ cc: 'bob@example.com' })).toMatchObject({ kind: 'retry', undone: true });
    expect(server.contentLines()).toBe(0);
  });
});

describe('a server that is busy or greylists', () => {
  const busy = [
    ['greeting', '421 4.3.2 too many connections'],
    ['RCPT', '450 4.2.0 greylisted, come back in five minutes'],
    ['MAIL', '451 4.7.1 try again later'],
    ['end', '452 4.2.2 mailbox full'],
  ] as const;
  it.each(busy)('at %s is retried for longer than one that fails: %s', async (at, answer) => {
    server.next(smtpFault.answers(at, answer));
    expect(await send({})).toMatchObject({
      kind: 'retry',
      undone: true,
      unavailable: true,
      message: expect.stringContaining(answer.slice(4)),
    });
  });

  it('is retried as long as one where nobody listens', async () => {
    await server.refuseConnections();
    expect(await send({})).toMatchObject({ kind: 'retry', undone: true, unavailable: true });
  });
});

describe('time', () => {
  it('runs out before the content: nothing was sent', async () => {
    server.next(smtpFault.hangs('MAIL'));
    expect(await sendWithin(50)).toMatchObject({ kind: 'retry', undone: true });
  });

  it('runs out after the content: it may have been sent', async () => {
    server.next({ ...smtpFault.hangs('end'), accepts: true });
    expect(await sendWithin(50)).toMatchObject({ kind: 'unknown' });
    expect(server.accepted).toHaveLength(1);
  });

  const sendWithin = (socketTimeoutMs: number) =>
    sendMail(
      { from: 'a@x', recipients: ['b@x'], raw: Buffer.from('Subject: x\r\n\r\nx'), messageId: '<1@x>', references: [] },
      { host: server.host, port: server.port, secure: false, requireTls: false, credentials: null, socketTimeoutMs },
      { signal: new AbortController().signal, settings, begin: async () => undefined },
    );
});

describe('a login', () => {
  it('succeeds, and its password is masked when the server repeats it', async () => {
    const own = await start({ auth: login });
    const options = { port: own.port, credentials: login, config: { require_tls: false } };
    expect(await send({}, options)).toMatchObject({ kind: 'done' });
    const token = Buffer.from(`\0${login.user}\0${login.pass}`).toString('base64');
    own.next(smtpFault.answers('AUTH', `535 5.7.8 bad ${login.pass} in ${token}`));
    expect(await send({}, options)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/535 5.7.8 bad \[hidden\] in \[hidden\]$/),
    });
  });

  it('is refused if the server offers none, and never sent without TLS by default', async () => {
    const config = { require_tls: false };
    expect(await send({}, { credentials: login, config })).toMatchObject({ kind: 'refused' });
    const own = await start({ auth: login });
    let logins = 0;
    void own.reached('AUTH').then(
      () => logins++,
      () => undefined,
    );
    expect(await send({}, { port: own.port, credentials: login })).toMatchObject({ kind: 'refused' });
    expect([logins, own.accepted.length]).toEqual([0, 0]);
  });

  it('is not sent to a server with an untrusted certificate', async () => {
    const logins: unknown[] = [];
    const impostor = new SMTPServer({
      logger: false,
      onAuth: (auth, _session, callback) => {
        logins.push(auth);
        callback(null, { user: 'x' });
      },
    });
    impostor.on('error', () => undefined);
    opened.push({ close: () => new Promise<void>((resolve) => impostor.close(resolve)) });
    const listening = once(impostor.server, 'listening');
    impostor.listen(0, '127.0.0.1');
    await listening;
    const { port } = impostor.server.address() as AddressInfo;
    expect(await send({}, { port, credentials: login })).toMatchObject({ kind: 'retry', undone: true });
    expect(logins).toEqual([]);
  });
});

describe('an identity', () => {
  it.each([
    ['no host', { host: '' }],
    ['two senders', { from: 'a@x.test, b@x.test' }],
    ['a header in its sender', { from: 'a@x.test\r\nBcc: eve@x.test' }],
    ['a header in its reply-to', { reply_to: 'a@x.test\r\nBcc: eve@x.test' }],
  ])('with %s is refused', async (_name, config) => {
    expect(await send({}, { config })).toMatchObject({ kind: 'refused' });
    expect(server.accepted).toEqual([]);
  });
});
