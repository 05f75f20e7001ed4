import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openRateLimits, type RateLimits, type RateLimitsOptions } from '@proviso/core';
import { backends, until } from '@proviso/testing';
import { createCallerCache } from '../src/caller-cache.ts';
import { clientOf, proposal, useApi, useTenant, type Api, type Client, type Reply, type Tenant } from './test-api.ts';

interface Limited {
  limits: RateLimits;
  as: (token?: string) => Client;
}

async function limited(api: Api, options: RateLimitsOptions): Promise<Limited> {
  const limits = openRateLimits(options);
  const url = await api.another({}, { limits });
  return { limits, as: (token) => clientOf(url, token) };
}

const status = (by: Client): Promise<Reply> => by.get('/v1/auth/status');
const leftOf = ({ headers }: Reply): number => Number(/^"caller";r=(\d+);t=\d+$/.exec(headers.ratelimit ?? '')?.[1]);

describe.each(backends())('rate limits $name', ({ redisUrl }) => {
  const api = useApi();
  let app: Limited;
  let here: Tenant;
  beforeEach(async () => {
    here = await api.tenant();
    app = await limited(api, { redisUrl, perMinute: 5 });
    if (redisUrl) await until('Redis to count', async () => (await app.limits.take(here.id)).left < 5);
  });

  it('limit a token per minute, report what is left, and refuse the rest without any effect', async () => {
    const by = app.as(await here.token({}));
    for (const left of [4, 3, 2, 1, 0]) {
      const reply = await status(by);
      expect([reply.status, leftOf(reply)]).toEqual([200, left]);
      expect(reply.headers['ratelimit-policy']).toBe('"caller";q=5;w=60');
    }
    let refused: Reply | undefined;
    await here.refuses('RATE_LIMITED', async () => {
      refused = await by.post('/v1/actions', proposal(here));
      return refused;
    });
    expect(leftOf(refused as Reply)).toBe(0);
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused?.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('count a person over all their credentials', async () => {
    const first = app.as(await here.token({}));
    const { token } = (await first.post('/v1/api-keys', { name: 'x', kind: 'personal', scopes: ['actions:read'] }))
      .body;
    const { token: third } = (
      await first.post('/v1/api-keys', { name: 'y', kind: 'personal', scopes: ['actions:read'] })
    ).body;
    const asked: number[] = [];
    for (const by of [first, app.as(token ?? ''), app.as(third ?? '')])
      for (let count = 0; count < 5; count += 1) asked.push((await status(by)).status);
    // 2 to make them, and 3 more with the first; then 5 with the second, which are ten of the person; then none.
    expect(asked).toEqual([200, 200, 200, 429, 429, ...Array(3).fill(200), 429, 429, ...Array(5).fill(429)]);
  });

  it('count a workspace’s keys together, apart from its people', async () => {
    const keys = await Promise.all(Array.from({ length: 7 }, () => here.token({ agent: 'bot' })));
    const statuses: number[] = [];
    for (const key of keys)
      for (let count = 0; count < 4; count += 1) statuses.push((await status(app.as(key))).status);
    expect(statuses.filter((one) => one === 200)).toHaveLength(25);
    expect((await status(app.as(await here.token({ role: 'reviewer' })))).status).toBe(200);
    expect((await status(app.as(await (await api.tenant()).token({ agent: 'bot' })))).status).toBe(200);
  });

  it('wait 50 ms for a hanging Redis, then count locally', async () => {
    if (!redisUrl) return;
    const { hostname, port } = new URL(redisUrl);
    const pause = connect(Number(port), hostname).on('error', () => undefined);
    pause.write('CLIENT PAUSE 400 ALL\r\n');
    await once(pause, 'data');
    const started = performance.now();
    expect(await app.limits.take('somebody')).toMatchObject({ allowed: true, left: 4 });
    expect(performance.now() - started).toBeLessThan(250);
    pause.destroy();
  });

  it('count each token by itself', async () => {
    const [one, other] = [app.as(await here.token({})), app.as(await here.token({}))];
    for (let index = 0; index < 6; index++) await status(one);
    expect((await status(one)).status).toBe(429);
    expect((await status(other)).status).toBe(200);
  });

  it('apply to refusals too: bad input counts and reports what is left', async () => {
    const by = app.as(await here.token({}));
    expect(leftOf(await by.post('/v1/actions', {}))).toBe(4);
    expect(leftOf(await by.get('/v1/actions/nonsense'))).toBe(3);
  });
});

describe('rate limits', () => {
  const { api, here } = useTenant();

  it('count requests without a valid token by client address, even on unknown routes, apart from tokens', async () => {
    const app = await limited(api, { perMinute: 3 });
    const nobody = app.as();
    expect([(await status(nobody)).status, (await status(app.as('x'))).status]).toEqual([401, 401]);
    const nowhere = await nobody.get('/v1/nowhere');
    expect([nowhere.status, leftOf(nowhere)]).toEqual([404, 0]);
    expect((await status(nobody)).status).toBe(429);
    expect((await nobody.raw('put', '/v1/actions')).status).toBe(429);
    expect((await status(app.as(await here.token({})))).status).toBe(200);
  });

  it('count the key of a disabled agent too, which is refused before it counts as a key', async () => {
    const app = await limited(api, { perMinute: 3 });
    const by = app.as(await here.token({ agent: 'bot' }));
    await here.owner.patch(`/v1/agents/${await here.agentId('bot')}`, { enabled: false });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index++) statuses.push((await status(by)).status);
    expect(statuses).toEqual([403, 403, 403, 429]);
  });

  /** The app over a database that counts its statements, by name. */
  async function counting(options: RateLimitsOptions) {
    const asked: string[] = [];
    const { db } = api.world;
    const query: typeof db.query = (statement, values) => {
      asked.push(statement.name);
      return db.query(statement, values);
    };
    const url = await api.another(
      { db: { ...db, query } },
      { limits: openRateLimits(options), callerCache: createCallerCache(0) },
    );
    return { url, count: (name: string): number => asked.filter((one) => one === name).length };
  }

  it('refuse unknown tokens before they cost a look-up, and let good ones in from the same address', async () => {
    const { url, count } = await counting({ perMinute: 20 });
    const good = clientOf(url, await here.token({}));
    const fresh = clientOf(url, await here.token({}));
    expect((await status(good)).status).toBe(200);
    const statuses: number[] = [];
    for (let tried = 0; tried < 60; tried += 1) {
      const { status: got, headers } = await status(clientOf(url, `pv_${tried}`));
      statuses.push(got);
      if (got === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      if (tried === 20) expect((await status(fresh)).status).toBe(200); // a first request, in the middle of it
    }
    expect(statuses.filter((got) => got === 401)).toHaveLength(20);
    expect(statuses.filter((got) => got === 429)).toHaveLength(40);
    expect(count('token_find')).toBeLessThanOrEqual(20 + 2 + 2);
    expect([(await status(good)).status, (await status(fresh)).status]).toEqual([200, 200]);
  });

  it('count a key that was good until it was revoked', async () => {
    const { url, count } = await counting({ perMinute: 5 });
    const { body } = await here.owner.post('/v1/api-keys', { name: 'k', kind: 'workspace', scopes: ['actions:read'] });
    const by = clientOf(url, body.token ?? '');
    expect((await status(by)).status).toBe(200);
    await here.owner.delete(`/v1/api-keys/${body.api_key.key_id}`);
    const statuses: number[] = [];
    for (let tried = 0; tried < 12; tried += 1) statuses.push((await status(by)).status);
    expect(statuses).toEqual([...Array<number>(5).fill(401), ...Array<number>(7).fill(429)]);
    expect(count('token_find')).toBeLessThanOrEqual(1 + 5 + 2);
  });

  it.each([
    ['get', '/openapi.json'],
    ['get', '/docs/'],
    ['get', '/docs/swagger-ui.css'],
    ['get', '/admin/sign-in'],
    ['get', '/admin'],
    ['get', '/admin/nowhere'],
    ['post', '/admin/sign-out'],
    ['get', '/nowhere'],
    ['put', '/v1/actions'],
    ['get', '/'],
  ] as const)('count strangers at %s %s', async (method, path) => {
    const app = await limited(api, { perMinute: 3 });
    const nobody = app.as();
    const statuses: number[] = [];
    for (let tried = 0; tried < 5; tried += 1) statuses.push((await nobody.raw(method, path)).status);
    expect(statuses.map((got) => got === 429)).toEqual([false, false, false, true, true]);
  });

  it('allow ten failed sign-ins of an address or a key per minute, and do not count successful ones', async () => {
    const { url, count } = await counting({ perMinute: 1_000 });
    const operator = await here.token({ scopes: ['instance:operate'] });
    const signIn = async (key: string): Promise<number> =>
      (
        await fetch(`${url}/admin/sign-in`, {
          method: 'POST',
          body: new URLSearchParams({ key }),
          redirect: 'manual',
        })
      ).status;
    for (let tried = 0; tried < 12; tried += 1) expect(await signIn(operator)).toBe(303);
    const failed: number[] = [];
    for (let tried = 0; tried < 30; tried += 1) failed.push(await signIn(`pv_${tried}aaaaaaa_x`));
    expect(failed).toEqual([...Array<number>(10).fill(403), ...Array<number>(20).fill(429)]);
    expect(count('operator_session_open')).toBe(12 + 10);
  });

  it('let /readyz query the database once per second, however often it is called', async () => {
    const { url, count } = await counting({ perMinute: 5 });
    const replies = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/readyz`)));
    for (let asked = 0; asked < 20; asked += 1) replies.push(await fetch(`${url}/readyz`));
    expect(new Set(replies.map(({ status: got }) => got))).toEqual(new Set([200]));
    expect(count('ready')).toBeLessThanOrEqual(3);
  });

  it('neither refuse nor delay while Redis is down', async () => {
    const app = await limited(api, { redisUrl: 'redis://127.0.0.1:1', perMinute: 5 });
    const by = app.as(await here.token({}));
    for (const left of [4, 3, 2, 1, 0]) expect(leftOf(await status(by))).toBe(left);
    expect((await status(by)).status).toBe(429);
  });

  it('do not wait for a Redis that accepts connections and never replies', async () => {
    const sockets: Socket[] = [];
    const hung: Server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((listening) => void hung.listen(0, '127.0.0.1', listening));
    const { port } = hung.address() as AddressInfo;
    const limits = openRateLimits({ redisUrl: `redis://127.0.0.1:${port}`, perMinute: 5 });
    await until('a connection', () => sockets.length > 0);
    const started = performance.now();
    for (const left of [4, 3, 2]) expect(await limits.take('one')).toMatchObject({ allowed: true, left });
    expect(performance.now() - started).toBeLessThan(3 * 50 + 100);
    limits.close();
    for (const socket of sockets) socket.destroy();
    hung.close();
  });
});
