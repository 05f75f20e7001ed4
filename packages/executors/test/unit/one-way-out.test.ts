import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PROVIDERS, type JsonObject, type Provider } from '@proviso/contracts';
import type { Executor, Outcome, ProviderKind, Verification } from '@proviso/core/executor';
import { watchConnections, type WatchedConnections } from '@proviso/testing/connections';
import { startHubspotFake } from '@proviso/testing/providers/hubspot';
import { startUnipileFake } from '@proviso/testing/providers/linkedin';
import { startMcpFake } from '@proviso/testing/providers/mcp';
import { startResendFake } from '@proviso/testing/providers/resend';
import { startSlackFake } from '@proviso/testing/providers/slack';
import { startFaultySmtpServer } from '@proviso/testing/smtp-server';
import { builtIns, openEgress, openSocket, workspaceTools, type ExecutorSettings } from '../../src/index.ts';
import { CLOSED, CLOSED_HOSTS } from '../closed-addresses.ts';
import { recordsOf } from '../records.ts';
import { subjects } from '../subjects.ts';

const SECRETS: Record<Provider, JsonObject | null> = {
  smtp: { user: 'sales', pass: 'tr0ub4dor&3' },
  slack: { token: 'xoxb-1' },
  linkedin: { token: 'un1p1le' },
  resend: { api_key: 're_1' },
  hubspot: { access_token: 'pat-1' },
  mcp: { token: 'mcp-1' },
  internal: null,
};
/** An account of each provider, at the provider's own host names. */
const ACCOUNTS: Record<Provider, JsonObject> = {
  smtp: { host: 'mail.example.com', port: 587, secure: false, from: 'a@ours.test', require_tls: false },
  slack: {},
  linkedin: { mode: 'unipile', premium: false, dsn: 'api1.unipile.com:13111', account_id: 'acc_1' },
  resend: { from: 'a@ours.test', from_allowed: ['@ours.test'] },
  hubspot: {},
  mcp: { url: 'https://mcp.example.com/' },
  internal: {},
};

const kindOf = (provider: Provider, settings: ExecutorSettings): ProviderKind => {
  const found = builtIns(settings).providers.find((kind) => kind.provider === provider);
  if (!found) throw new Error(`no ${provider}`);
  return found;
};
const verify = (provider: Provider, settings: ExecutorSettings = {}, config: JsonObject = {}): Promise<Verification> =>
  kindOf(provider, settings).verify({
    config: { ...ACCOUNTS[provider], ...config },
    credentials: SECRETS[provider],
    signal: AbortSignal.timeout(5_000),
  });

interface Call {
  identity: { provider: Provider; config: JsonObject } | null;
  credentials: JsonObject | null;
  params: JsonObject;
}
const run = (executor: Executor, { identity, credentials, params }: Call): Promise<Outcome> =>
  executor.execute({
    action: { id: 'act_01h455vb4pex5vsknk084sn02q', workspaceId: 'w', params, attempt: 1, approval: null },
    records: recordsOf(),
    identity: identity && { id: 'id_1', name: 'x', ...identity },
    credentials,
    key: 'k',
    signal: AbortSignal.timeout(5_000),
    begin: async () => undefined,
  });
const typed = (type: string, settings: ExecutorSettings = {}): Executor => {
  const found = builtIns(settings).executors.find((executor) => executor.type === type);
  if (!found) throw new Error(`no ${type}`);
  return found;
};
const sendMail = (host: string, port: number, settings: ExecutorSettings = {}): Promise<Outcome> =>
  run(typed('email_message', settings), {
    identity: { provider: 'smtp', config: { ...ACCOUNTS.smtp, host, port } },
    credentials: null,
    params: { email: 'ada@example.com', subject: 'x', message: 'x' },
  });
const callMcp = (url: string, settings: ExecutorSettings = {}): Promise<Outcome> =>
  run(typed('mcp_tool_call', settings), {
    identity: { provider: 'mcp', config: { url } },
    credentials: null,
    params: { tool: 'x', arguments: {} },
  });
const callTool = (url: string, settings: ExecutorSettings = {}): Promise<Outcome> =>
  run(
    workspaceTools(settings).executorOf({
      name: 'x',
      version: 1,
      url,
      idempotent: false,
      params: {} as never,
      untested: async () => [],
    }),
    {
      identity: null,
      credentials: { secret: `whsec_${Buffer.alloc(32).toString('base64')}` },
      params: {},
    },
  );

/** A server on every address of this machine, for whoever gets there; what is asked over HTTP is over at once. */
async function listenEverywhere(): Promise<{ server: Server; port: number; arrived: Socket[] }> {
  const arrived: Socket[] = [];
  const server = createServer((socket) => {
    arrived.push(socket.on('error', () => undefined));
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'));
  });
  await new Promise<void>((listening) => server.listen(0, '::', listening)); // IPv4 too
  return { server, port: (server.address() as AddressInfo).port, arrived };
}

describe('the only way out', () => {
  let watch: WatchedConnections;
  let here: Awaited<ReturnType<typeof listenEverywhere>>;
  beforeAll(async () => {
    here = await listenEverywhere();
  });
  afterAll(async () => {
    here.arrived.forEach((socket) => socket.destroy());
    await new Promise((closed) => here.server.close(closed));
  });
  beforeEach(() => {
    here.arrived.splice(0).forEach((socket) => socket.destroy());
    watch = watchConnections();
  });
  afterEach(() => {
    watch.stop();
    jest.restoreAllMocks();
  });
  const resolver = (...answers: string[][]) => {
    const spy = jest.spyOn(dns, 'lookup');
    for (const each of answers)
      spy.mockImplementationOnce((() =>
        Promise.resolve(each.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))) as never);
    return spy;
  };

  describe('is watched', () => {
    const ways: [string, (port: number) => unknown][] = [
      ['fetch', (port) => fetch(`http://127.0.0.1:${port}`)],
      ['a socket', (port) => connect(port, '127.0.0.1').on('error', () => undefined)],
      ['a pipe', () => connect('/nowhere').on('error', () => undefined)],
      ['TLS', (port) => connectTls(port, '127.0.0.1').on('error', () => undefined)],
      ['a datagram', () => dgram.createSocket('udp4').close()],
      ['a DNS server', () => new dns.Resolver({ timeout: 10, tries: 1 }).resolve4('x.invalid')],
    ];
    it.each(ways)('for another one: %s', async (_, go) => {
      const opened = go(here.port);
      await Promise.resolve(opened).catch(() => undefined);
      expect(watch.others()).not.toEqual([]);
      if (opened && typeof opened === 'object' && 'destroy' in opened) (opened as Socket).destroy();
    });

    it('for itself', async () => {
      const signal = new AbortController().signal;
      (await openSocket({ host: 'localhost', port: here.port }, { allowPrivateAddresses: true, signal })).destroy();
      expect([watch.guarded(), watch.others()]).toEqual([1, []]);
    });
  });

  it('has a conformance subject for every built-in executor, which checks that it uses no other', () => {
    const driven = subjects.map(({ subject }) => subject.executor.type);
    expect(
      builtIns()
        .executors.map(({ type }) => type)
        .filter((type) => !driven.includes(type)),
    ).toEqual([]);
    expect(
      builtIns()
        .providers.map(({ provider }) => provider)
        .toSorted(),
    ).toEqual([...PROVIDERS].toSorted());
  });

  const fakes: Record<Exclude<Provider, 'internal'>, () => Promise<Far>> = {
    smtp: async () => {
      const far = await startFaultySmtpServer({ auth: SECRETS.smtp as { user: string; pass: string } });
      return { ...far, settings: { allowPrivateAddresses: true }, config: { host: far.host, port: far.port } };
    },
    mcp: async () => {
      const far = await startMcpFake({ token: 'mcp-1' });
      return { ...far, settings: { allowPrivateAddresses: true }, config: { url: far.address } };
    },
    slack: async () => atBase('slack', await startSlackFake({ token: 'xoxb-1' })),
    linkedin: async () => atBase('linkedin', await startUnipileFake({ token: 'un1p1le' })),
    resend: async () => atBase('resend', await startResendFake({ apiKey: 're_1' })),
    hubspot: async () => atBase('hubspot', await startHubspotFake({ token: 'pat-1' })),
  };
  interface Far {
    close(): Promise<void>;
    settings: ExecutorSettings;
    config?: JsonObject;
  }
  const atBase = (name: string, far: { url: string; close(): Promise<void> }): Far => ({
    ...far,
    settings: { baseUrls: { [name]: name === 'slack' ? `${far.url}/api` : far.url } },
  });

  it.each(Object.keys(fakes) as (keyof typeof fakes)[])(
    'is the only one that a verification of %s uses',
    async (name) => {
      const far = await fakes[name]();
      try {
        expect(await verify(name, far.settings, far.config)).toMatchObject({ ok: true });
        expect(watch.guarded()).toBeGreaterThan(0);
        expect(watch.others()).toEqual([]);
      } finally {
        await far.close();
      }
    },
  );

  it('reaches a base URL of the operator’s on this machine, and nothing else there', async () => {
    const far = await startSlackFake({ token: 'xoxb-1' });
    far.next('auth.test', { reply: { status: 302, headers: { location: `http://127.0.0.1:${here.port}/` } } });
    const settings = { baseUrls: { slack: `${far.url}/api` } };
    expect(await verify('slack', settings)).toMatchObject({ ok: false });
    expect(await verify('slack', settings)).toMatchObject({ ok: true });
    await far.close();
    expect(here.arrived).toHaveLength(0);
  });

  describe('is closed to private addresses', () => {
    it.each(CLOSED_HOSTS)('to mail: %s (%j)', async (_, host) => {
      expect(await sendMail(host, here.port)).toEqual({
        kind: 'refused',
        message: 'There is no such host on the public internet.',
      });
      expect(await verify('smtp', {}, { host, port: here.port })).toEqual({
        ok: false,
        message: 'There is no such host on the public internet.',
      });
      expect([watch.guarded(), watch.others(), here.arrived]).toEqual([0, [], []]);
    });

    it.each(CLOSED)('to MCP and tools: %s (%s)', async (_, host) => {
      for (const protocol of ['http', 'https']) {
        const url = `${protocol}://${host}:${here.port}/`;
        expect(await callTool(url)).toMatchObject({ kind: 'refused' });
        expect(await callMcp(url)).toMatchObject({ kind: 'refused' });
        expect(await verify('mcp', {}, { url })).toEqual({
          ok: false,
          message: 'The server did not answer like an MCP server.',
        });
      }
      expect([watch.guarded(), watch.others(), here.arrived]).toEqual([0, [], []]);
    });

    it.each(['127.0.0.1', '::1', '10.0.0.7', '169.254.169.254', 'fd00::1'])(
      'to every provider and its verification, when their names lead to %s',
      async (address) => {
        const asked = jest.spyOn(dns, 'lookup').mockImplementation((async () => [{ address, family: 4 }]) as never);
        for (const provider of PROVIDERS.filter((each) => each !== 'internal'))
          expect([provider, await verify(provider)]).toMatchObject([provider, { ok: false }]);
        for (const { subject } of subjects) {
          const { identity: provider } = subject.executor;
          const isRemote = subject.executor.delivery !== 'transactional' && provider !== 'none';
          if (!isRemote) continue;
          const config = ACCOUNTS[provider];
          const call = { identity: { provider, config }, credentials: SECRETS[provider], params: subject.makeParams() };
          const outcome = await run(typed(subject.executor.type), call);
          expect(asked).toHaveBeenCalled();
          asked.mockClear();
          expect([subject.executor.type, outcome]).toMatchObject([
            subject.executor.type,
            { kind: 'retry', undone: true },
          ]);
        }
        expect([watch.guarded(), watch.others()]).toEqual([0, []]);
      },
    );
  });

  it('gives the same error for a name that resolves to a private address and one that does not exist', async () => {
    jest.spyOn(dns, 'lookup').mockImplementation((async (name: string) => {
      if (name.includes('inside')) return [{ address: '10.0.0.7', family: 4 }];
      throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    }) as never);
    for (const name of ['inside.example.com', 'nowhere.example.com']) {
      const text = 'There is no such host on the public internet.';
      expect(await verify('smtp', {}, { host: name })).toEqual({ ok: false, message: text });
      expect(await sendMail(name, 25)).toEqual({ kind: 'retry', undone: true, unavailable: true, message: text });
      expect(await callTool(`https://${name}/`)).toEqual({
        kind: 'retry',
        undone: true,
        unavailable: true,
        message: text,
      });
    }
  });

  /** Public by its range, and assigned to nobody: a connection to it fails wherever this runs. */
  const NOBODY = '3ffe::1';
  const brief = (): AbortSignal => AbortSignal.timeout(300);

  it.each<[string, string[][]]>([
    ['was public when it was asked first', [[NOBODY], ['127.0.0.1'], ['127.0.0.1']]],
    ['is public and private at once', [[NOBODY, '127.0.0.1', '::1']]],
    ['is private and public at once', [['127.0.0.1', '::ffff:127.0.0.1', NOBODY]]],
  ])('connects to the address that it checked when a name %s', async (_, answers) => {
    const ways: ((port: number) => Promise<unknown>)[] = [
      (port) => openSocket({ host: 'rebound.example.com', port }, { signal: brief() }),
      (port) => openEgress({})(`http://rebound.example.com:${port}/`, { signal: brief() }),
      (port) => openEgress({})(`https://rebound.example.com:${port}/`, { signal: brief() }),
    ];
    for (const go of ways) {
      const spy = resolver(...answers);
      await expect(go(here.port)).rejects.toMatchObject({ sent: false });
      expect(spy).toHaveBeenCalledTimes(1);
      jest.restoreAllMocks();
    }
    expect(here.arrived).toHaveLength(0);
  });

  it('ignores a proxy in the environment', async () => {
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
    const before = { ...process.env };
    Object.assign(process.env, { NODE_USE_ENV_PROXY: '1' });
    for (const name of names) process.env[name] = `http://127.0.0.1:${here.port}`;
    try {
      for (const name of Object.keys(fakes) as (keyof typeof fakes)[]) {
        const far = await fakes[name]();
        expect(await verify(name, far.settings, far.config)).toMatchObject({ ok: true });
        await far.close();
      }
    } finally {
      for (const name of [...names, 'NODE_USE_ENV_PROXY']) delete process.env[name];
      Object.assign(process.env, before);
    }
    expect(here.arrived).toHaveLength(0);
  });

  it.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://example.com/', 'blob:x', 'unix:///run/x.sock'])(
    'speaks no %s',
    async (url) => {
      await expect(openEgress({ allowPrivateAddresses: true })(url)).rejects.toMatchObject({
        reason: 'forbidden',
        sent: false,
      });
    },
  );
});
