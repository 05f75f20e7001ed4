import { ERROR_STATUS, errorBody } from '@proviso/contracts';
import { newId } from '@proviso/core';
import { until } from '@proviso/testing';
import pg from 'pg';
import { routes } from '../src/app.ts';
import { clientOf, codeOf, NOWHERE, proposal, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

/** One request for every kind of refusal. */
const KINDS: [keyof typeof ERROR_STATUS, (here: Tenant, nobody: Client) => Promise<Reply>][] = [
  ['INVALID', ({ owner }) => owner.post('/v1/actions', { nothing: true })],
  ['UNAUTHENTICATED', (_, nobody) => nobody.get('/v1/actions')],
  ['FORBIDDEN', async (here) => (await here.client({ role: 'viewer' })).post('/v1/actions', {})],
  ['NOT_FOUND', ({ owner }) => owner.get(`/v1/actions/${newId()}`)],
  ['METHOD_NOT_ALLOWED', ({ owner }) => owner.raw('delete', '/v1/actions')],
  ['INVALID_STATE', async (here) => here.owner.post(`${await rejected(here)}/cancel`)],
  [
    'CONFLICT',
    async (here) =>
      here.owner.post(`${await waiting(here)}/approve`, { action: 'approve', params_hash: '0'.repeat(64) }),
  ],
  [
    'PRECONDITION_FAILED',
    async (here) => here.owner.patch(await waiting(here), { description: 'x' }, { 'If-Match': '"v7"' }),
  ],
  ['PAYLOAD_TOO_LARGE', ({ owner }) => owner.raw('post', '/v1/actions', ' '.repeat(1_048_577))],
  ['UNSUPPORTED_MEDIA_TYPE', ({ owner }) => owner.raw('post', '/v1/actions', 'x', { 'Content-Type': 'text/plain' })],
  ['IDEMPOTENCY_MISMATCH', (here) => reused(here)],
];

const waiting = async (here: Tenant): Promise<string> => `/v1/actions/${(await here.pending()).action_id}`;
async function rejected(here: Tenant): Promise<string> {
  const path = await waiting(here);
  await here.owner.post(`${path}/reject`);
  return path;
}
async function reused(here: Tenant): Promise<Reply> {
  const key = { 'Idempotency-Key': 'k' };
  await here.owner.post('/v1/actions', proposal(here), key);
  return here.owner.post('/v1/actions', proposal(here, { direct: true }), key);
}

describe('errors', () => {
  const { api, here } = useTenant();

  it.each(KINDS)('%s has its status and the one body', async (code, ask) => {
    const { status, body, headers } = await ask(here, api.with());
    expect([status, body.code]).toEqual([ERROR_STATUS[code], code]);
    expect(errorBody.strict().parse(body)).toMatchObject({
      status: 'error',
      code,
      request_id: headers['x-request-id'],
    });
    expect(body.error).toMatch(/\S.*\S/);
    expect(body.error).not.toMatch(/\n|at .*\.ts|select |update |prisma/i);
    expect(new Date(body.timestamp).toISOString()).toBe(body.timestamp);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect('action' in body).toBe(['INVALID_STATE', 'CONFLICT', 'PRECONDITION_FAILED'].includes(code));
  });

  it('says how to authenticate', async () => {
    expect((await api.with().get('/v1/actions')).headers['www-authenticate']).toBe('Bearer');
  });

  it.each('/v1 /v1/ /v2/actions /v1/actionz /V1/actions /v1/actions/ /v1/actions/a/b/c /robots.txt'.split(' '))(
    'answers 404 for an unknown address: %s',
    async (path) => {
      for (const by of [here.owner, api.with()]) {
        const { status, body } = await by.get(path);
        expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
      }
    },
  );

  it.each([...new Set(routes.map(({ path }) => path))])('answers 405 with the allowed methods at %s', async (path) => {
    const allowed = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    const address = path.replaceAll(/\{\w+\}/g, newId());
    for (const method of ['put', 'delete', 'patch', 'post', 'get'] as const) {
      if (allowed.includes(method.toUpperCase())) continue;
      const other = await here.owner.raw(method, address);
      expect([method, other.status, codeOf(other)]).toEqual([method, 405, 'METHOD_NOT_ALLOWED']);
      expect(other.headers.allow?.split(', ').sort()).toEqual([...allowed].sort());
    }
  });

  describe('X-Request-Id', () => {
    const idOf = async (given?: string): Promise<string | undefined> => {
      const headers: Record<string, string> = given === undefined ? {} : { 'X-Request-Id': given };
      const reply = await api.with().raw('get', '/v1/actions', undefined, headers);
      expect(reply.body.request_id).toBe(reply.headers['x-request-id']);
      return reply.headers['x-request-id'];
    };
    it.each(['abc-123', 'a', 'x'.repeat(128), 'trace:01.AB_c'])('is returned unchanged: %s', async (given) => {
      expect(await idOf(given)).toBe(given);
    });

    it.each(['', 'x'.repeat(129), 'a b', 'a"b', '<script>', 'ümlaut'])(
      'is replaced if it is not a valid id: %s',
      async (given) => {
        expect(await idOf(given)).toMatch(/^[0-9a-f-]{36}$/);
      },
    );

    it('is fresh for every request, and there on success too', async () => {
      expect(await idOf()).not.toBe(await idOf());
      expect((await here.owner.get('/v1/actions')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  it('tells nothing about itself', async () => {
    const { headers } = await api.with().get('/v1/actions');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  describe('when the database is away', () => {
    it('answers 503 with Retry-After, on every route, in little time', async () => {
      const token = await here.token({});
      const owner = clientOf(await api.another({ db: api.database({ url: NOWHERE }) }), token);
      const started = performance.now();
      for (const route of routes) {
        const reply = await owner.raw(route.method, route.path.replaceAll(/\{\w+\}/g, newId()));
        expect([route.operationId, reply.status, codeOf(reply)]).toEqual([route.operationId, 503, 'UNAVAILABLE']);
        expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
        expect(JSON.stringify(reply.body)).not.toContain('127.0.0.1');
      }
      expect(performance.now() - started).toBeLessThan(10_000);
    });

    it('recovers by itself when its connections were cut', async () => {
      const killer = new pg.Client({ connectionString: api.world.databaseUrl });
      await killer.connect();
      const cut =
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'proviso-test'";
      for (let round = 0; round < 3; round++) {
        await killer.query(cut);
        const reply = await until('an answer', async () => {
          const { status, body } = await here.owner.post('/v1/actions', proposal(here));
          expect([200, 503]).toContain(status);
          return status === 200 ? body : undefined;
        });
        expect(reply.action.status).toBe('scheduled');
      }
      await killer.end();
    });

    it('answers 503 while a statement cannot get a connection, and 200 afterwards', async () => {
      const db = api.database({ poolMax: 1, name: 'proviso-starved' });
      const owner = clientOf(await api.another({ db }), await here.token({}));
      const held = await db.pool.connect();
      const { status, body } = await owner.get('/v1/actions');
      held.release();
      expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
      expect((await owner.get('/v1/actions')).status).toBe(200);
    });
  });

  it('shows the action with a 409, as GET does', async () => {
    const path = await rejected(here);
    const { status, body } = await here.owner.post(`${path}/cancel`);
    const { logs: _, ...now } = (await here.owner.get(path)).body.action;
    expect([status, body.code]).toEqual([409, 'INVALID_STATE']);
    expect(body.action).toEqual(now);
  });
});
