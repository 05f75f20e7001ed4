import {
  claimDue,
  claimForIdle,
  createAction,
  execute,
  expireOpen,
  pauseWork,
  runInSlot,
  type ActionRow,
  type SlotOptions,
  type Worker,
} from '@proviso/core';
import { defineExecutor, done, type Executor } from '@proviso/core/executor';
import { until, type TestWorkspace } from '@proviso/testing';
import { useWorld } from '@proviso/testing/fixtures';
import { z } from 'zod';

const params = z.strictObject({});
const held: (() => void)[] = [];

const type = (name: string, more: Partial<Executor>, work: Executor['execute']): Executor =>
  defineExecutor<z.output<typeof params>>({
    type: name,
    version: 1,
    delivery: 'at_most_once',
    identity: 'none',
    params,
    preview: () => ({ title: name, fields: [] }),
    ...(more as object),
    execute: work,
  });

const long = (): Promise<ReturnType<typeof done>> => new Promise((resolve) => held.push(() => resolve(done({}))));

describe('a share for every workspace', () => {
  const world = useWorld({
    executors: [
      type('quick', {}, async () => done({})),
      type('long', {}, long),
      type('long_other', {}, long),
      type('long_two', { concurrency: 2 }, long),
    ],
  });
  afterEach(async () => {
    await until('all that runs to end', () => {
      for (const end of held.splice(0)) end();
      return workers.every(({ leases }) => leases.count() === 0);
    });
    workers.length = 0;
    await world.db.pool.query('truncate action_events, actions, pauses cascade');
  });

  const create = async (workspace: TestWorkspace, name: string, more: object = {}): Promise<ActionRow> =>
    createAction(await workspace.as({}), { type: name, identity_id: workspace.identityId, params: {}, ...more });
  /** So many that are like the first, in one statement. */
  const createMany = async (workspace: TestWorkspace, name: string, count: number): Promise<void> => {
    const { id } = await create(workspace, name);
    await world.db.pool.query(
      `insert into actions select r.* from actions a cross join generate_series(1, $2::int) n
       cross join lateral jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'due_at', a.due_at + n * interval '1 us')) r
       where a.id = $1`,
      [id, count - 1],
    );
    await world.db.pool.query('analyze actions');
  };
  const workers: Worker[] = [];
  const workerWith = (slots: Partial<SlotOptions>): Worker => {
    const worker = world.worker({}, slots);
    workers.push(worker);
    return worker;
  };
  const startAll = (worker: Worker, claimed: ActionRow[]): void => {
    for (const action of claimed) void runInSlot(worker, action);
  };
  const countOf = (claimed: ActionRow[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { workspace_id } of claimed) counts[workspace_id] = (counts[workspace_id] ?? 0) + 1;
    return counts;
  };

  it('gives each workspace the same number of slots, however long a backlog has been due', async () => {
    const [greedy, modest, small] = [await world.workspace(), await world.workspace(), await world.workspace()];
    await createMany(greedy, 'quick', 5_000);
    await createMany(modest, 'quick', 50);
    await createMany(small, 'quick', 2);
    const claimed = countOf(await claimDue(workerWith({ slots: 16, limits: new Map([['quick', 16]]) })));
    expect(claimed).toEqual({ [greedy.id]: 7, [modest.id]: 7, [small.id]: 2 });
  });

  it('gives a workspace all slots that nobody else needs', async () => {
    const greedy = await world.workspace();
    await createMany(greedy, 'long', 40);
    await createMany(greedy, 'long_other', 40);
    const worker = workerWith({ slots: 16 });
    startAll(worker, await claimDue(worker));
    startAll(worker, await claimDue(worker));
    expect(worker.leases.count()).toBe(16);
  });

  it('counts what a workspace already runs here', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'long', 40);
    const worker = workerWith({ slots: 8, limits: new Map([['long', 8]]) });
    startAll(worker, (await claimDue(worker)).slice(0, 8));
    await createMany(modest, 'long', 40);
    for (const end of held.splice(0, 4)) end();
    await until('four to end', () => worker.leases.count() === 4);
    expect(countOf(await claimDue(worker))).toEqual({ [modest.id]: 4 });
  });

  it('starts an action at once, from the reserve, while another workspace’s long runs have every slot', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'long', 40);
    await createMany(greedy, 'long_other', 40);
    const worker = workerWith({ slots: 16 });
    for (let turn = 0; turn < 3; turn += 1) startAll(worker, await claimDue(worker));
    expect(await claimForIdle(worker)).toEqual([]);
    await createMany(modest, 'long', 40);
    expect(await claimDue(worker)).toEqual([]);
    const claimed = await claimForIdle(worker);
    expect(countOf(claimed)).toEqual({ [modest.id]: 4 });
    expect(await claimForIdle(worker)).toEqual([]);
  });

  it('keeps the limit of a type by executor or operator in the reserve too', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'long_two', 10);
    const worker = workerWith({ slots: 16 });
    startAll(worker, await claimDue(worker));
    expect(worker.leases.count()).toBe(2);
    await createMany(modest, 'long_two', 10);
    expect(await claimForIdle(worker)).toEqual([]);
    held.shift()?.();
    await until('one to end', () => worker.leases.count() === 1);
    expect(countOf(await claimDue(worker))).toEqual({ [modest.id]: 1 });
  });

  it('does not let a type that hangs in one workspace hold the type up in another', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'long', 40);
    const worker = workerWith({ slots: 16 });
    startAll(worker, await claimDue(worker));
    expect(worker.leases.count()).toBe(12);
    await create(modest, 'long');
    expect(countOf(await claimForIdle(worker))).toEqual({ [modest.id]: 1 });
  });

  it('passes over any number of paused actions and claims the others', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'long', 3_000);
    await pauseWork(await greedy.as({}), {});
    await createMany(modest, 'long', 3_000);
    await pauseWork(await modest.as({}), { type: 'long' });
    await createMany(modest, 'long_other', 500);
    await world.db.pool.query(`update actions set agent_id = gen_random_uuid() where type = 'long_other'`);
    const wanted = await create(modest, 'quick');
    expect((await claimDue(workerWith({ slots: 16 }))).map(({ id }) => id)).toEqual([wanted.id]);
  });

  it('finds each of a thousand workspaces within the claims of one round', async () => {
    const [greedy, first] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'quick', 500); // has been due for longer than any other
    const { id } = await create(first, 'quick');
    await world.db.pool.query(
      `with w as (insert into workspaces (id, name) select gen_random_uuid(), 'Test' from generate_series(1, 1000) returning id)
       insert into actions select r.* from w cross join actions a
       cross join lateral jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'workspace_id', w.id)) r
       where a.id = $1`,
      [id],
    );
    await world.db.pool.query('analyze actions');
    const seen = new Set<string>();
    const worker = workerWith({ slots: 5_000, limits: new Map([['quick', 5_000]]) });
    for (let turn = 0; turn < 5; turn += 1)
      for (const { workspace_id } of await claimDue(worker)) seen.add(workspace_id);
    expect(seen.size).toBe(1_002);
  });

  it('ends an action that has expired beside thousands of another workspace', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    await createMany(greedy, 'quick', 3_000);
    const { id } = await create(modest, 'quick');
    await world.db.pool.query(`update actions set expires_at = created_at + interval '1 us' * random()`);
    await expireOpen(workerWith({}));
    expect((await world.db.tables.actions.findUniqueOrThrow({ where: { id } })).status).toBe('cancelled');
  });

  it('treats a late wake-up only as a signal that something is due', async () => {
    const [greedy, modest] = [await world.workspace(), await world.workspace()];
    const worker = workerWith({ slots: 1 });
    await createMany(greedy, 'quick', 2);
    const late = await create(greedy, 'quick');
    await world.setAction(late.id, `due_at = due_at - interval '1 minute'`);
    const fresh = await create(modest, 'quick');
    let wanted = 0;
    await execute(worker, late.id, () => (wanted += 1));
    expect(wanted).toBe(1);
    expect(worker.leases.count()).toBe(0);
    await execute(worker, fresh.id, () => (wanted += 1));
    expect(wanted).toBe(1);
    const row = await world.db.tables.actions.findUniqueOrThrow({ where: { id: fresh.id } });
    expect(row.status).toBe('completed');
  });
});
