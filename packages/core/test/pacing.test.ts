import { createAction, execute, getIdentity, updateIdentity, type ActionRow } from '@proviso/core';
import { defineExecutor, defineProvider, done, retry } from '@proviso/core/executor';
import { startHttpFake, type HttpFake } from '@proviso/testing/providers/http-fake';
import { backends, reread, until } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { z } from 'zod';

let far: HttpFake;
let answers = true;

/** Replaces the shipped `hubspot` in this file; its server answers 429 with Retry-After: 1. */
const paced = defineProvider({
  provider: 'hubspot',
  config: z.strictObject({}),
  credentials: null,
  verify: async () => (answers ? { ok: true, account: 'us' } : { ok: false, message: 'no' }),
});

const call = defineExecutor<Record<string, never>>({
  type: 'call_far',
  version: 1,
  delivery: 'at_most_once',
  identity: 'hubspot',
  params: z.strictObject({}),
  preview: () => ({ title: 'Call', fields: [] }),
  execute: async ({ begin, signal }) => {
    await begin();
    const reply = await fetch(`${far.url}/call`, { method: 'POST', signal });
    if (reply.status === 429) return retry('Too many.', { undone: true, afterMs: 1_000 });
    return done({ status: reply.status });
  },
});

/** The most that were there in any second. */
function mostInASecond(atMs: number[]): number {
  const sorted = atMs.toSorted((a, b) => a - b);
  return Math.max(...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1_000).length));
}

describe.each(backends())('pacing $name', ({ redisUrl }) => {
  const world = useWorld({ ...(redisUrl && { redisUrl }), executors: [call], providers: [paced] });
  const { workspace, owner } = useWorkspace(world, beforeEach);
  beforeEach(async () => {
    answers = true;
    far = await startHttpFake({ handle: () => ({ status: 200 }), tooMany: { status: 429 } });
  });
  afterEach(() => far.close());

  const identityWith = async (pacing: object | null): Promise<string> => {
    const id = await workspace.identity('hubspot');
    if (pacing) await updateIdentity(owner, id, { pacing });
    return id;
  };
  const propose = (identity_id: string): Promise<ActionRow> =>
    createAction(owner, { type: 'call_far', identity_id, params: {} });
  const many = (count: number, id: string): Promise<ActionRow[]> =>
    Promise.all(Array.from({ length: count }, () => propose(id)));
  const rowsOf = (identity_id: string) => world.db.tables.actions.findMany({ where: { identity_id } });
  const claims = async (identity_id: string): Promise<number> =>
    world.db.tables.action_events.count({ where: { event: 'action.claimed', action: { identity_id } } });
  const dueInMs = async ({ id }: ActionRow): Promise<number> => {
    const { rows } = await world.db.pool.query<{ ms: number }>(
      'select extract(epoch from due_at - clock_timestamp())::float8 * 1000 as ms from actions where id = $1',
      [id],
    );
    return rows[0]?.ms ?? NaN;
  };

  it('gives each of many due actions one start time, and never exceeds the provider’s limit', async () => {
    const id = await identityWith({ per_second: 12 }); // a busy machine sends in bunches what was spaced
    far.limit(24);
    const made = await many(120, id);
    const workers = [world.worker(), world.worker()]; // two processes do not know of each other
    const consumers = await Promise.all(workers.map((worker) => world.queue.consume((a) => execute(worker, a), 8)));
    const finished = async (): Promise<boolean> => (await rowsOf(id)).every(({ status }) => status === 'completed');
    await until('all to complete', finished, 40_000);
    await Promise.all(consumers.map((consumer) => consumer.close()));

    expect(far.requests).toHaveLength(made.length); // not one answered with 429
    expect(mostInASecond(far.requests.map(({ atMs }) => atMs))).toBeLessThanOrEqual(24);
    const slots = await world.db.tables.identity_slots.findMany({ where: { identity_id: id, started: true } });
    expect(slots).toHaveLength(made.length);
    expect(mostInASecond(slots.map(({ at }) => at.getTime()))).toBeLessThanOrEqual(13); // 12 apart by 83.3 ms, kept in ms
    expect((await rowsOf(id)).map(({ attempts }) => attempts)).toEqual(made.map(() => 1));
    expect(await claims(id)).toBeLessThanOrEqual(made.length * 3);
  }, 60_000);

  it('shows when each action will really run', async () => {
    const id = await identityWith({ per_second: 0.1 });
    const made = await many(3, id);
    for (const { id: action } of made) await execute(world.worker(), action);
    const due = await Promise.all(made.map(dueInMs));
    expect((await reread(world, made[0] as ActionRow)).status).toBe('completed');
    for (const [n, ms] of due.slice(1).entries()) {
      expect(ms).toBeGreaterThan((n + 1) * 10_000 - 3_000);
      expect(ms).toBeLessThanOrEqual((n + 1) * 10_000);
    }
    expect((await rowsOf(id)).map(({ attempts }) => attempts).sort()).toEqual([0, 0, 1]);
  });

  it.each([
    ['an hour', { per_hour: 2 }, 3_600_000],
    ['a day', { per_hour: 5, per_day: 2 }, 86_400_000],
    ['a week', { per_week: 2 }, 604_800_000],
  ])('counts starts in %s', async (_, pacing, spanMs) => {
    const id = await identityWith(pacing);
    const made = await many(3, id);
    for (const { id: action } of made) await execute(world.worker(), action);
    const statuses = (await Promise.all(made.map((action) => reread(world, action)))).map(({ status }) => status);
    expect(statuses).toEqual(['completed', 'completed', 'scheduled']);
    const ms = await dueInMs(made[2] as ActionRow);
    expect(ms).toBeGreaterThan(spanMs - 10_000);
    expect(ms).toBeLessThanOrEqual(spanMs);
  });

  it('does not let new actions overtake those with a reserved time', async () => {
    const id = await identityWith({ per_second: 0.1 });
    const [first, second] = await many(2, id);
    for (const action of [first, second]) await execute(world.worker(), (action as ActionRow).id);
    const third = await propose(id);
    await execute(world.worker(), third.id);
    expect((await dueInMs(third)) - (await dueInMs(second as ActionRow))).toBeGreaterThan(9_000);
  });

  it('delays all actions of an identity as long as the provider asked of one, without counting an attempt', async () => {
    const id = await identityWith(null);
    const elsewhere = await identityWith(null);
    far.limit(0);
    const [first, second] = await many(2, id);
    await execute(world.worker(), (first as ActionRow).id);
    far.limit(100);
    await execute(world.worker(), (second as ActionRow).id);
    expect(far.requests).toHaveLength(1);
    const free = await propose(elsewhere);
    await execute(world.worker(), free.id);
    expect((await reread(world, free)).status).toBe('completed');
    for (const action of [first, second])
      expect(await reread(world, action as ActionRow)).toMatchObject({ status: 'scheduled', attempts: 0 });
    await until(
      'both to be due',
      async () => (await dueInMs(second as ActionRow)) < 0 && (await dueInMs(first as ActionRow)) < 0,
    );
    for (const action of [first, second]) await execute(world.worker(), (action as ActionRow).id);
    expect((await rowsOf(id)).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('keeps approvals when the rate limit changes', async () => {
    const id = await identityWith(null);
    const action = await propose(id);
    await updateIdentity(owner, id, { pacing: { per_second: 5 } });
    await execute(world.worker(), action.id);
    expect((await reread(world, action)).status).toBe('completed');
  });

  it('retries a failing identity with one action after a growing pause, and resumes when it answers', async () => {
    const id = await identityWith(null);
    answers = false;
    await world.db.tables.identities.update({
      where: { id },
      data: { status: 'failing', failures: 1, failing_since: new Date() },
    });
    const action = await propose(id);
    await execute(world.worker(), action.id);
    expect(await reread(world, action)).toMatchObject({ status: 'scheduled', attempts: 0 });
    const [pause] = [await dueInMs(action)];
    expect(pause).toBeGreaterThan(50_000);
    const again = async (): Promise<number> => {
      await world.db.pool.query('update identities set not_before = now() where id = $1', [id]);
      await world.setAction(action.id, 'due_at = now()');
      await execute(world.worker(), action.id);
      return dueInMs(action);
    };
    expect(await again()).toBeGreaterThan(pause * 1.5);
    answers = true;
    await again();
    expect((await reread(world, action)).status).toBe('completed');
    expect(far.requests).toHaveLength(1);
    expect(await getIdentity(owner, id)).toMatchObject({ status: 'active', failing: null, account: 'us' });
  });
});
