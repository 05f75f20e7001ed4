import { authenticate, createWaiters, execute, type Waiters } from '@proviso/core';
import { until } from '@proviso/testing';
import { clientOf, join, startTestApi, proposal, uuidOf, useTenant, type Reply, type Tenant } from './test-api.ts';

describe('Prefer: wait', () => {
  const { api, here } = useTenant();
  let waiters: Waiters;
  let listening: Awaited<ReturnType<typeof startTestApi>>;
  const stop = new AbortController();
  beforeAll(async () => {
    waiters = createWaiters(api.world.db);
    listening = await startTestApi(api.world, { waiters, stopping: stop.signal });
  });
  afterAll(() => listening.close());

  const wait = (seconds: number | string): Record<string, string> => ({ Prefer: `wait=${seconds}` });
  const run = (id: string): Promise<unknown> => execute(api.world.worker(), uuidOf(id));
  const waits = (count: number): Promise<unknown> => until('somebody to wait', () => waiters.count() === count);
  const owner = async () => clientOf(listening.url, await here.token({}));

  /** The reply of a call that waits, whose action runs once it waits. */
  async function replyOf(call: Promise<Reply>, id: () => Promise<string> | string): Promise<Reply> {
    await waits(1);
    await run(await id());
    return call;
  }
  const newest = async (tenant: Tenant): Promise<string> =>
    (await tenant.owner.get('/v1/actions', { limit: '1' })).body.actions[0]?.action_id ?? '';

  it('answers a create when the action has ended', async () => {
    const by = await owner();
    const call = by.post('/v1/actions', proposal(here), wait(30));
    const { status, headers, body } = await replyOf(call, () => newest(here));
    expect([status, headers['preference-applied']]).toEqual([200, 'wait']);
    expect(body.action).toMatchObject({ status: 'completed', result: { said: 'hello' } });
    expect(waiters.count()).toBe(0);
  });

  it.each([
    ['execute', {}],
    ['approve', { action: 'approve' }],
  ])('answers %s when the action has ended', async (verb, body) => {
    const { action_id } = await here.pending();
    const call = (await owner()).post(`/v1/actions/${action_id}/${verb}`, body, wait(30));
    expect((await replyOf(call, () => action_id)).body.action.status).toBe('completed');
  });

  it('answers GET with the whole log and the matching ETag', async () => {
    const { action_id } = await here.propose();
    const call = (await owner()).get(`/v1/actions/${action_id}`, {}, wait(30));
    const { body, headers } = await replyOf(call, () => action_id);
    expect(body.action).toMatchObject({ status: 'completed', version: 3 });
    expect(body.action.logs).toHaveLength(3);
    expect(headers.etag).toBe('"v3"');
  });

  it('waits for a person’s decision too, and a rejection ends the wait', async () => {
    const by = await owner();
    const call = by.post('/v1/actions', proposal(here, { require_approval: true }), wait(30));
    await waits(1);
    await here.owner.post(`/v1/actions/${await newest(here)}/reject`);
    expect((await call).body.action.status).toBe('rejected');
  });

  it('returns the current action when the time is up', async () => {
    const by = await owner();
    const started = performance.now();
    const { headers, body } = await by.post('/v1/actions', proposal(here), wait(1));
    expect(performance.now() - started).toBeGreaterThan(950);
    expect([headers['preference-applied'], body.action.status]).toEqual(['wait', 'scheduled']);
    expect(waiters.count()).toBe(0);
  });

  it('does not wait for an ended action, with wait=0, or with an invalid preference', async () => {
    const by = await owner();
    const { action_id } = await here.propose();
    const applied = async (id: string, prefer: string): Promise<string | undefined> =>
      (await by.get(`/v1/actions/${id}`, {}, { Prefer: prefer })).headers['preference-applied'];
    const started = performance.now();
    expect(await applied(action_id, 'wait=0')).toBe('wait');
    for (const prefer of ['wait', 'wait=x', 'wait=-1', 'wait=1.5', 'respond-async', 'await=60'])
      expect([prefer, await applied(action_id, prefer)]).toEqual([prefer, undefined]);
    await run(action_id);
    expect(await applied(action_id, 'respond-async, wait=60')).toBe('wait');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('waits again on a replay, since the wait is not part of the stored reply', async () => {
    const by = await owner();
    const key = { 'Idempotency-Key': 'k' };
    const first = await by.post('/v1/actions', proposal(here), key);
    expect(first.body.action.status).toBe('scheduled');
    const replay = by.post('/v1/actions', proposal(here), { ...key, ...wait(30) });
    const { headers, body } = await replyOf(replay, () => first.body.action_id);
    expect([headers['idempotency-replayed'], body.action.status]).toEqual(['true', 'completed']);
    expect((await by.post('/v1/actions', proposal(here), key)).text).toBe(first.text);
  });

  it('ends when the caller hangs up', async () => {
    const { action_id } = await here.propose();
    const hangUp = new AbortController();
    const headers = { ...wait(60), Authorization: `Bearer ${await here.token({})}` };
    const call = fetch(`${listening.url}/v1/actions/${action_id}`, { headers, signal: hangUp.signal });
    await waits(1);
    hangUp.abort();
    await expect(call).rejects.toThrow();
    await waits(0);
  });

  it('holds no database connection: with a pool of two, many wait while others are served', async () => {
    const db = api.database({ poolMax: 2 });
    const crowd = createWaiters(db);
    const by = clientOf(await api.another({ db }, { waiters: crowd }), await here.token({}));
    const { action_id } = await here.propose();
    const calls = Array.from({ length: 30 }, () => by.get(`/v1/actions/${action_id}`, {}, wait(30)));
    await until('all to wait', () => crowd.count() === 30);
    expect((await by.get('/v1/actions')).status).toBe(200);
    await run(action_id);
    const replies = await Promise.all(calls);
    expect(new Set(replies.map(({ body }) => body.action.status))).toEqual(new Set(['completed']));
  });

  it('costs one query of the actions and one of the tokens for all waiting requests, and again at the end', async () => {
    const { db } = api.world;
    const asked: string[] = [];
    const tables = new Proxy(db.tables, {
      get: (target, name) => {
        asked.push(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    const crowd = createWaiters({
      tables,
      query: (statement, values) => {
        asked.push(statement.name);
        return db.query(statement, values);
      },
    });
    const { action_id } = await here.propose();
    const id = uuidOf(action_id);
    const [caller] = await authenticate(db, await here.token({}));
    if (!caller) throw new Error('no caller');
    const ends = Array.from({ length: 80 }, () => crowd.untilEnded({ id, caller }, 30_000, stop.signal));
    await until('a look at the tokens', () => asked.includes('token_find_active'));
    await run(action_id);
    expect(new Set((await Promise.all(ends)).map((row) => row?.status))).toEqual(new Set(['completed']));
    const looks = asked.filter((name) => name === 'action_find_ended').length;
    expect(asked.filter((name) => name === 'actions')).toHaveLength(1);
    expect(asked.filter((name) => name === 'token_find_active').length).toBeLessThanOrEqual(2 + looks / 4);
  });

  it('is ignored when too many requests of the workspace are waiting', async () => {
    const there = await api.tenant();
    const few = createWaiters(api.world.db, { waitsMax: 3 });
    const url = await api.another({}, { waiters: few });
    const [by, other] = [clientOf(url, await here.token({})), clientOf(url, await there.token({}))];
    const [mine, theirs] = [await here.propose(), await there.propose()];
    const path = `/v1/actions/${mine.action_id}`;
    const calls = Array.from({ length: 3 }, () => by.get(path, {}, wait(30)));
    await until('three to wait', () => few.count() === 3);
    const again = await by.get(path, {}, wait(30));
    expect([again.status, again.headers['preference-applied'], again.body.action.status]).toEqual([
      200,
      undefined,
      'scheduled',
    ]);
    calls.push(other.get(`/v1/actions/${theirs.action_id}`, {}, wait(30)));
    await until('the other to wait too', () => few.count() === 4);
    await Promise.all([run(mine.action_id), run(theirs.action_id)]);
    for (const { headers, body } of await Promise.all(calls))
      expect([headers['preference-applied'], body.action.status]).toEqual(['wait', 'completed']);
    expect((await by.get(path, {}, wait(30))).headers['preference-applied']).toBe('wait');
  });

  const KEY = { name: 'k', kind: 'workspace', scopes: ['actions:read', 'actions:write'] };
  it.each([
    [
      'the key is revoked',
      async ({ owner: admin }: Tenant) => {
        const { token, api_key } = (await admin.post('/v1/api-keys', KEY)).body;
        return { token: token ?? '', end: () => admin.delete(`/v1/api-keys/${api_key.key_id}`) };
      },
    ],
    [
      'the member is removed',
      async ({ owner: admin }: Tenant) => {
        const { token, user_id } = await join(api, admin, 'admin');
        return { token, end: () => admin.delete(`/v1/members/${user_id}`) };
      },
    ],
  ])('ends with 401 when %s, even at the moment when the action ends', async (_, enter) => {
    for (const mode of ['long before', 'right before']) {
      const tenant = await api.tenant();
      const { token, end } = await enter(tenant);
      const by = clientOf(listening.url, token);
      const { action_id } = await tenant.propose();
      const calls = Promise.all([
        by.get(`/v1/actions/${action_id}`, {}, wait(30)),
        by.post('/v1/actions', proposal(tenant), wait(30)),
      ]);
      await waits(2);
      const ended = await end();
      if (mode === 'right before') await Promise.all([run(action_id), run(await newest(tenant))]);
      const replies = await calls;
      expect([ended.status, ...replies.map(({ status, body }) => [status, body.code])]).toEqual([
        200,
        [401, 'UNAUTHENTICATED'],
        [401, 'UNAUTHENTICATED'],
      ]);
    }
  });

  it('ends when the process is told to stop', async () => {
    const call = (await owner()).post('/v1/actions', proposal(here), wait(60));
    await waits(1);
    stop.abort();
    expect((await call).body.action.status).toBe('scheduled');
  });
});
