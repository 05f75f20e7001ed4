import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { newId } from '@proviso/core';
import { openWorld, type World } from '@proviso/testing';
import { createApp } from '../src/app.ts';
import { openTenant, type Tenant } from './test-api.ts';
import { eachTest } from '@proviso/testing/fixtures';

const CLIENT = { clientId: 'proviso', clientSecret: 'tr0ub4dor-tr0ub4dor-tr0ub4dor-42' };
const PASSWORD = 'correct horse battery staple';

interface Account {
  sub: string;
  email: string;
  email_verified: boolean;
  name?: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A browser: it keeps the cookies of each site and follows redirects one by one. */
class Browser {
  readonly cookies = new Map<string, Map<string, string>>();

  async get(address: string): Promise<Response> {
    const url = new URL(address);
    const jar = this.cookies.get(url.origin) ?? new Map<string, string>();
    this.cookies.set(url.origin, jar);
    const reply = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const set of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  }

  /** Follows redirects until `stop` says so, or there is none. */
  async follow(address: string, stop: (url: URL) => boolean = () => false): Promise<URL> {
    for (let url = new URL(address), hops = 0; hops < 10; hops += 1) {
      if (stop(url)) return url;
      const location = (await this.get(url.href)).headers.get('location');
      if (location === null) return url;
      url = new URL(location, url);
    }
    throw new Error(`${address} never stops redirecting`);
  }
}

describe('sign-in through an OpenID provider', () => {
  let world: World;
  let provider: ChildProcess;
  let app: Server;
  let url: string;
  let issuer: string;

  beforeAll(async () => {
    const [port, providerPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    issuer = `http://127.0.0.1:${providerPort}`;
    const redirectUri = `${url}/api/auth/oidc/callback`;
    const options = JSON.stringify({ ...CLIENT, port: providerPort, redirectUri });
    provider = fork(path.join(__dirname, 'oidc-server.mjs'), [options], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(provider, 'message');
    world = await openWorld();
    app = createApp(world, { oidc: { ...CLIENT, issuer, redirectUri, name: 'Acme' } }).listen(port, '127.0.0.1');
    await once(app, 'listening');
  }, 60_000);
  afterAll(async () => {
    provider.kill();
    app.closeAllConnections();
    await new Promise((closed) => app.close(closed));
    await world.close();
  });

  const here = eachTest(() => openTenant(world, url));
  const at = async (account: Account | null): Promise<void> => {
    await fetch(`${issuer}/as`, { method: 'POST', body: JSON.stringify(account) });
  };
  const somebody = (more: Partial<Account> = {}): Account => ({
    sub: newId(),
    email: `${newId()}@example.com`,
    email_verified: true,
    name: 'Ada',
    ...more,
  });
  const isCallback = ({ pathname }: URL): boolean => pathname === '/api/auth/oidc/callback';
  const start = (next = '/'): string => `${url}/api/auth/oidc?${new URLSearchParams({ next }).toString()}`;
  /** Where the sign-in ends at our site. */
  async function signIn(browser: Browser, next = '/'): Promise<string> {
    const callback = await browser.follow(start(next), isCallback);
    return (await browser.get(callback.href)).headers.get('location') ?? '';
  }
  const session = (browser: Browser): string | undefined => browser.cookies.get(url)?.get('proviso_session');
  const me = async (browser: Browser) =>
    (await (await browser.get(`${url}/v1/me`)).json()) as { me?: { user_id: string; email: string; name: string } };
  const invite = async ({ owner }: Tenant, email: string) =>
    (await owner.post('/v1/invitations', { email, role: 'reviewer' })).body;

  it('makes whoever was invited a member, by their verified address, and knows them from then on by their account', async () => {
    const ada = somebody();
    await invite(here, ada.email);
    await at(ada);
    const browser = new Browser();
    expect(await signIn(browser, '/actions/act_1?a=b')).toBe('/actions/act_1?a=b');
    expect((await me(browser)).me).toMatchObject({ email: ada.email, name: 'Ada', role: 'reviewer' });
    const { me: first } = await me(browser);
    await at({ ...ada, email: 'renamed@example.com' });
    const other = new Browser();
    await signIn(other);
    expect((await me(other)).me).toEqual({ ...first, session_id: expect.any(String) });
  });

  it.each([
    ['an address that nobody invited', async () => somebody(), 'uninvited'],
    [
      'an invited address that the provider has not verified',
      async () => {
        const ada = somebody({ email_verified: false });
        await invite(here, ada.email);
        return ada;
      },
      'unverified',
    ],
    [
      'an invitation that was revoked',
      async () => {
        const ada = somebody();
        const { invitation } = await invite(here, ada.email);
        await here.owner.delete(`/v1/invitations/${invitation.invitation_id}`);
        return ada;
      },
      'uninvited',
    ],
    [
      'an address with which somebody signs in by password',
      async () => {
        const ada = somebody();
        await here.owner.patch('/v1/me/password', { password: PASSWORD, email: ada.email });
        return ada;
      },
      'taken',
    ],
  ])('opens no session for %s', async (_, arrange, reason) => {
    await at(await arrange());
    const before = await world.db.tables.members.count();
    const browser = new Browser();
    expect(await signIn(browser)).toBe(`/sign-in?refused=${reason}`);
    expect(session(browser)).toBeUndefined();
    expect(await world.db.tables.members.count()).toBe(before);
  });

  it('links the account to the person who is signed in, if the address is theirs, and to nobody else', async () => {
    const email = `${newId()}@example.com`;
    await here.owner.patch('/v1/me/password', { password: PASSWORD, email });
    const browser = new Browser();
    await browser.get(`${url}/v1/me`);
    const reply = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    const [, cookie = ''] = /proviso_session=([^;]+)/.exec(reply.headers.getSetCookie().join('\n')) ?? [];
    browser.cookies.get(url)?.set('proviso_session', cookie);
    const { me: owner } = await me(browser);
    await at(somebody());
    expect(await signIn(browser)).toBe('/sign-in?refused=uninvited');
    browser.cookies.delete(issuer); // the provider's session
    await at(somebody({ email }));
    expect(await signIn(browser)).toBe('/');
    expect(session(browser)).not.toBe(cookie); // a fresh token, and the former session has ended
    expect(
      (await (await fetch(`${url}/v1/me`, { headers: { cookie: `proviso_session=${cookie}` } })).json()) as object,
    ).toMatchObject({ code: 'UNAUTHENTICATED' });
    const elsewhere = new Browser();
    await signIn(elsewhere);
    expect((await me(elsewhere)).me?.user_id).toBe(owner?.user_id);
  });

  it('never keeps a session that the browser brought along', async () => {
    const ada = somebody();
    await invite(here, ada.email);
    await at(ada);
    const browser = new Browser();
    const planted = 'x'.repeat(43);
    browser.cookies.set(url, new Map([['proviso_session', planted]]));
    expect(await signIn(browser)).toBe('/');
    expect(session(browser)).toMatch(/^[\w-]{43}$/);
    expect(session(browser)).not.toBe(planted);
  });

  it('finishes only in the browser that started it, once, and with its own state', async () => {
    const ada = somebody();
    await invite(here, ada.email);
    await at(ada);
    const [attacker, victim] = [new Browser(), new Browser()];
    const callback = await attacker.follow(start(), isCallback);
    expect((await victim.get(callback.href)).headers.get('location')).toBe('/sign-in?refused=expired');
    await victim.get(start()); // began one, with another state
    expect((await victim.get(callback.href)).headers.get('location')).toBe('/sign-in?refused=failed');
    expect(session(victim)).toBeUndefined();
    const tampered = new URL(callback);
    tampered.searchParams.set('iss', 'https://evil.example');
    expect((await attacker.get(tampered.href)).headers.get('location')).toBe('/sign-in?refused=failed');
    expect((await attacker.get(callback.href)).headers.get('location')).toBe('/sign-in?refused=expired');
    expect(session(attacker)).toBeUndefined();
  });

  it.each(['nonce', 'verifier'])('refuses an answer to another %s', async (name) => {
    await at(somebody());
    const browser = new Browser();
    const callback = await browser.follow(start(), isCallback);
    const jar = browser.cookies.get(url);
    const flow = JSON.parse(Buffer.from(jar?.get('proviso_oidc') ?? '', 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...flow, [name]: 'x'.repeat(43) })).toString('base64url');
    jar?.set('proviso_oidc', other);
    expect((await browser.get(callback.href)).headers.get('location')).toBe('/sign-in?refused=failed');
    expect(session(browser)).toBeUndefined();
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/a\r\nb',
  ])('leads to no other site: next=%j', async (next) => {
    const ada = somebody();
    await invite(here, ada.email);
    await at(ada);
    expect(await signIn(new Browser(), next)).toBe('/');
  });

  it('says so when the provider refuses, and does not ask it with a Host header that somebody sent', async () => {
    await at(null);
    expect(await signIn(new Browser())).toBe('/sign-in?refused=failed');
    const reply = await fetch(start(), { redirect: 'manual', headers: { 'x-forwarded-host': 'evil.example' } });
    const asked = new URL(reply.headers.get('location') ?? '');
    expect(asked.origin).toBe(issuer);
    expect(asked.searchParams.get('redirect_uri')).toBe(`${url}/api/auth/oidc/callback`);
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
  });

  it('is offered only where it is configured', async () => {
    const offered = await (await fetch(`${url}/api/auth/providers`)).json();
    expect(offered).toEqual({ status: 'success', providers: [{ name: 'Acme', path: '/api/auth/oidc' }] });
    const plain = createApp(world).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const other = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
    expect(await (await fetch(`${other}/api/auth/providers`)).json()).toEqual({ status: 'success', providers: [] });
    expect((await fetch(`${other}/api/auth/oidc`)).status).toBe(404);
    plain.closeAllConnections();
    await new Promise((closed) => plain.close(closed));
  });
});
