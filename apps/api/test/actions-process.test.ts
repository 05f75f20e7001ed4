import { done, defineExecutor } from '@proviso/core/executor';
import { effectsOf, until } from '@proviso/testing';
import { z } from 'zod';
import { inFuture, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

/** Counts how many of it run at once; each waits until as many as may have begun. */
const crowd = { now: 0, most: 0 };
const crowded = defineExecutor({
  type: 'crowded',
  concurrency: 20,
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params: z.strictObject({}),
  preview: () => ({ title: 'Crowded', fields: [] }),
  execute: async () => {
    crowd.now += 1;
    crowd.most = Math.max(crowd.most, crowd.now);
    await until('as many as may to have begun', () => crowd.most >= 8, 2_000).catch(() => undefined);
    crowd.now -= 1;
    return done({});
  },
});

describe('POST /v1/actions/process', () => {
  const { api, here } = useTenant({ executors: [crowded] });
  const process = (by: Client, limit?: number, headers = {}): Promise<Reply> =>
    by.post(`/v1/actions/process${limit === undefined ? '' : `?limit=${limit}`}`, undefined, headers);
  const due = async (tenant: Tenant, count: number, more: object = {}, by = tenant.owner): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) ids.push((await tenant.propose(more, by)).action_id);
    return ids;
  };
  const statusOf = async (id: string): Promise<string> => (await api.recorded(id)).row.status;

  it('runs only the 20 oldest due actions, without a worker', async () => {
    const there = await api.tenant();
    const theirs = await there.propose();
    const later = await here.propose({ scheduled_time: inFuture() });
    const undecided = await here.pending();
    const ids = await due(here, 25);
    const { status, body } = await process(here.owner, 20);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', processed: 20 });
    expect(body.results.map(({ action_id }) => action_id).sort()).toEqual(ids.slice(0, 20).sort());
    expect(new Set(body.results.map((result) => result.status))).toEqual(new Set(['completed']));
    for (const id of ids.slice(0, 20)) expect(effectsOf(id)).toHaveLength(1);
    for (const id of ids.slice(20)) expect(await statusOf(id)).toBe('scheduled');
    for (const { action_id, status: before } of [theirs, later, undecided])
      expect(await statusOf(action_id)).toBe(before);
  }, 30_000);

  it('runs 20 by default, and the rest on the next call', async () => {
    await due(here, 22);
    expect((await process(here.owner)).body.processed).toBe(20);
    expect((await process(here.owner)).body.processed).toBe(2);
    expect((await process(here.owner)).body).toMatchObject({ processed: 0, results: [] });
  }, 30_000);

  it('runs eight at a time', async () => {
    await due(here, 12, { type: 'crowded', params: {} });
    expect((await process(here.owner, 100)).body.processed).toBe(12);
    expect(crowd).toEqual({ now: 0, most: 8 });
  });

  it('reports how each ended', async () => {
    const outcomes = { done: 'completed', refused: 'failed', retry: 'scheduled' };
    const expected: Record<string, string> = {};
    for (const [outcome, status] of Object.entries(outcomes))
      expected[(await here.propose({ params: { outcome, after_ms: 60_000 } })).action_id] = status;
    const { body } = await process(here.owner);
    expect(Object.fromEntries(body.results.map(({ action_id, status }) => [action_id, status]))).toEqual(expected);
  });

  it('runs only an agent’s own actions', async () => {
    const [bot, other] = [await here.client({ agent: 'bot' }), await here.client({ agent: 'other' })];
    await api.world.db.tables.agents.updateMany({ where: { workspace_id: here.id }, data: { approval: 'never' } });
    const [own = ''] = await due(here, 1, {}, bot);
    const strange = [...(await due(here, 1, {}, other)), ...(await due(here, 1))];
    const { body } = await process(bot);
    expect(body.results).toEqual([{ action_id: own, status: 'completed' }]);
    for (const id of strange) expect(effectsOf(id)).toEqual([]);
  });

  it('does not start paused actions', async () => {
    const [id = ''] = await due(here, 1);
    await here.owner.post('/v1/pause');
    expect((await process(here.owner)).body.processed).toBe(0);
    await here.owner.post('/v1/resume');
    expect((await process(here.owner)).body.results).toEqual([{ action_id: id, status: 'completed' }]);
  });

  it('runs each once when several ask at the same time', async () => {
    const ids = await due(here, 15);
    const replies = await Promise.all([1, 2, 3].map(() => process(here.owner)));
    expect(replies.reduce((sum, { body }) => sum + body.processed, 0)).toBe(15);
    for (const id of ids) expect(effectsOf(id)).toHaveLength(1);
  }, 30_000);

  it('runs no more than eight requests of a workspace at a time', async () => {
    const there = await api.tenant();
    const [id = ''] = await due(here, 1);
    const [other = ''] = await due(there, 1, {}, there.owner);
    const { pool } = api.world.db;
    const gate = await pool.connect();
    await gate.query('begin');
    await gate.query('select pg_advisory_xact_lock(7105)'); // nothing starts before it is let go
    const eight = Array.from({ length: 8 }, () => process(here.owner));
    await until('each to wait', async () => {
      const { rows } = await pool.query(
        `select from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`,
      );
      return rows.length === 8;
    });
    const refused = await process(here.owner);
    const theirs = process(there.owner);
    await gate.query('commit');
    gate.release();
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect((await Promise.all(eight)).flatMap(({ body }) => body.results)).toEqual([
      { action_id: id, status: 'completed' },
    ]);
    expect((await theirs).body.results).toEqual([{ action_id: other, status: 'completed' }]);
    expect((await process(here.owner)).status).toBe(200);
  }, 30_000);

  it('replays its reply for the same Idempotency-Key and runs nothing', async () => {
    const [id] = await due(here, 2);
    const key = { 'Idempotency-Key': 'once' };
    const first = await process(here.owner, 1, key);
    expect(first.body.results).toEqual([{ action_id: id, status: 'completed' }]);
    const second = await process(here.owner, 1, key);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.text).toBe(first.text);
    await here.refuses('IDEMPOTENCY_MISMATCH', () => process(here.owner, 2, key));
  });

  it.each(['0', '101', '-1', '1.5', 'x', ''])('refuses limit=%s', async (limit) => {
    await due(here, 1);
    await here.refuses('INVALID', () => here.owner.post(`/v1/actions/process?limit=${limit}`), ['limit']);
  });
});
