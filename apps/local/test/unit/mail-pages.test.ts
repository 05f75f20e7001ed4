import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMail, type LocalMail } from '../../src/mail.ts';

const KEY = 'k3y-of-this-instance';
const HTML = `<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">
<LINK rel=preconnect href="https://evil.example"><script>fetch('https://evil.example')</script>
<img src="https://evil.example/pixel.png" onerror="alert(1)"><p>Hello</p>`;
const MESSAGE = `From: Agent <agent@example.com>\r
To: "<script>alert(1)</script>" <ada@example.com>\r
Subject: <img src=x onerror=alert(1)>\r
Message-ID: <1@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Hello </pre><script>alert(1)</script>\r
--b\r
Content-Type: text/html\r
\r
${HTML.replaceAll('\n', '\r\n')}\r
--b--\r
`;

describe('the local mail', () => {
  let mail: LocalMail;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'proviso-mail-'));
    mail = await startMail({ dataDir, mailKey: KEY, smtpPort: undefined, lastPorts: {} });
    await say(mail.smtpPort, [
      'EHLO test',
      'MAIL FROM:<agent@example.com>',
      'RCPT TO:<ada@example.com>',
      'DATA',
      `${MESSAGE}.`,
      'QUIT',
    ]);
  });
  afterAll(async () => {
    await mail.close();
    rmSync(dataDir, { recursive: true });
  });

  /** Sends the lines one by one, waits for each reply, and resolves with all of them. */
  async function say(port: number, lines: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let answers = '';
    socket.on('data', (answer: string) => (answers += answer)).on('error', () => {});
    await once(socket, 'data');
    for (const line of lines) {
      const before = answers.length;
      socket.write(`${line}\r\n`);
      for (
        const deadline = Date.now() + 5_000;
        answers.length === before && !socket.destroyed && Date.now() < deadline;
      )
        await sleep(5);
    }
    socket.destroy();
    return answers;
  }

  interface Reply {
    status: number | undefined;
    headers: NodeJS.Dict<string | string[]>;
    body: string;
  }

  async function ask(path: string, { method = 'GET', ...headers }: Record<string, string> = {}): Promise<Reply> {
    const asked = request({ host: '127.0.0.1', port: mail.mailPort, path, method, headers }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  const ADDRESSES = ['/', '/messages', '/messages/0/', '/messages/0/body'];

  it('is shown at the address with the key, as pages and as JSON', async () => {
    for (const address of ADDRESSES) expect([address, (await ask(`/${KEY}${address}`)).status]).toEqual([address, 200]);
    const { messages } = JSON.parse((await ask(`/${KEY}/messages`)).body) as { messages: object[] };
    expect(messages).toMatchObject([{ to: ['ada@example.com'], id: '<1@example.com>' }]);
    expect((await ask(`/${KEY}`)).headers.location).toBe(`/${KEY}/`);
    expect((await ask(`/${KEY}/messages/1/`)).status).toBe(404);
  });

  it.each(['/', '/messages', '/wrong/messages', `/${KEY.slice(1)}/messages`, `/?key=${KEY}`, '//', '/%', '*', '/..'])(
    'is shown to nobody without the key: %s',
    async (path) => {
      for (const method of ['GET', 'DELETE', 'POST', 'OPTIONS']) {
        const { status, body, headers } = await ask(path, { method });
        expect([method, status]).toEqual([method, 404]);
        for (const secret of [KEY, 'ada@example.com']) expect(body + JSON.stringify(headers)).not.toContain(secret);
      }
      expect(JSON.parse((await ask(`/${KEY}/messages`)).body)).toMatchObject({ messages: [{}] });
    },
  );

  it.each('evil.example evil.example:PORT 127.0.0.1 127.0.0.1:1 localhost.evil.example:PORT 0.0.0.0:PORT'.split(' '))(
    'is not shown at another host name, so DNS rebinding reads nothing: "%s"',
    async (name) => {
      const Host = name.replace('PORT', String(mail.mailPort));
      for (const address of ADDRESSES) {
        const { status, body } = await ask(`/${KEY}${address}`, { Host });
        expect([address, status]).toEqual([address, 421]);
        expect(body).not.toContain('ada@example.com');
      }
      expect((await ask(`/${KEY}/messages`, { Host, method: 'DELETE' })).status).toBe(421);
    },
  );

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('is shown at %s', async (name) => {
    expect((await ask(`/${KEY}/`, { Host: `${name}:${mail.mailPort}` })).status).toBe(200);
  });

  it('is closed to other origins, loads nothing and cannot be guessed', async () => {
    for (const address of [...ADDRESSES, '/nothing']) {
      const { headers } = await ask(`/${KEY}${address}`, { Origin: 'https://evil.example' });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers['content-security-policy']).not.toMatch(/script-src|https?:\/\/(?!127\.0\.0\.1)/);
    }
    const preflight = await ask(`/${KEY}/messages`, { method: 'OPTIONS', 'Access-Control-Request-Method': 'DELETE' });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([405, undefined]);
  });

  it('shows the text of a mail as text', async () => {
    for (const address of ['/', '/messages/0/']) {
      const { body } = await ask(`/${KEY}${address}`);
      expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
      expect(body).not.toMatch(/<script|<img/i);
    }
    expect((await ask(`/${KEY}/messages/0/`)).body).toContain('Hello &lt;/pre&gt;&lt;script&gt;');
  });

  it('shows a mail’s HTML in a sandbox only, without scripts, and without anything from elsewhere', async () => {
    expect((await ask(`/${KEY}/messages/0/`)).body).toContain('<iframe sandbox src="body"');
    const { headers, body } = await ask(`/${KEY}/messages/0/body`);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;/);
    expect(policy).toContain(`frame-ancestors http://127.0.0.1:${mail.mailPort}`);
    expect(body).toContain('<p>Hello</p>');
    expect(body).not.toMatch(/<(link|meta|base)/i);
  });

  it('accepts no mail from a page that speaks HTTP to the mail server', async () => {
    const post = [
      'POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Type: text/plain\r\n',
      'EHLO x\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.',
    ];
    await say(mail.smtpPort, post);
    expect((JSON.parse((await ask(`/${KEY}/messages`)).body) as { messages: object[] }).messages).toHaveLength(1);
  });

  it('is forgotten on DELETE', async () => {
    expect((await ask(`/${KEY}/messages`, { method: 'DELETE' })).status).toBe(204);
    expect(JSON.parse((await ask(`/${KEY}/messages`)).body)).toEqual({ messages: [] });
  });
});
