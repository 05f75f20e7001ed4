import {
  claimOverdue,
  createAction,
  createRegistry,
  createRoom,
  createTool,
  execute,
  processActions,
  runSeated,
  showId,
  type ActionRow,
  type Context,
  type RoomOptions,
  type Vacancy,
  type Worker,
} from '@proviso/core';
import { defineExecutor, done, type Executor } from '@proviso/core/executor';
import { openWorld, until, type TestWorkspace, type World } from '@proviso/testing';
import { z } from 'zod';

/** Actions that are inside until they are let go. */
class Gate {
  isOpen = false;
  order: string[] = [];
  inside = new Map<string, () => void>();
  peak = 0;

  async pass(id: string): Promise<void> {
    this.order.push(id);
    if (this.isOpen) return;
    await new Promise<void>((resolve) => {
      this.inside.set(id, resolve);
      this.peak = Math.max(this.peak, this.inside.size);
    });
    this.inside.delete(id);
  }

  /** Lets those inside go, and keeps those who come after. */
  turn(): void {
    for (const go of this.inside.values()) go();
  }

  open(): void {
    this.isOpen = true;
    this.turn();
  }
}

const gates = new Map<string, Gate>();
const gateOf = (name: string): Gate => gates.get(name) ?? gates.set(name, new Gate()).get(name)!;
const params = z.strictObject({ gate: z.string() });

const gated = (type: string, concurrency?: number): Executor =>
  defineExecutor<z.output<typeof params>>({
    type,
    version: 1,
    delivery: 'at_most_once',
    identity: 'none',
    params,
    ...(concurrency && { concurrency }),
    preview: () => ({ title: 'Gate', fields: [] }),
    execute: async ({ action }) => {
      await gateOf(action.params.gate).pass(action.id);
      return done({});
    },
  });

describe('room', () => {
  let world: World;
  let workspace: TestWorkspace;
  let owner: Context;
  beforeAll(async () => {
    world = await openWorld({ executors: [gated('gated'), gated('gated_other'), gated('gated_two', 2)] });
  });
  beforeEach(async () => {
    workspace = await world.workspace();
    owner = await workspace.as({});
  });
  afterEach(() => {
    workers.clear();
    for (const gate of gates.values()) gate.open();
    gates.clear();
  });
  afterAll(() => world.close());

  const create = (type: string, given: object, more: object = {}): Promise<ActionRow> =>
    createAction(owner, { type, identity_id: workspace.identityId, params: given, ...more });
  const createMany = (length: number, type: string, given: object): Promise<ActionRow[]> =>
    Promise.all(Array.from({ length }, () => create(type, given)));
  const completed = () => world.db.tables.actions.count({ where: { workspace_id: workspace.id, status: 'completed' } });

  /** Those of the running test: a sweep looks at every workspace. */
  const workers = new Set<Worker>();
  const workerWith = (room: Partial<RoomOptions>): Worker => {
    const worker = world.worker({}, room);
    workers.add(worker);
    return worker;
  };
  const ring = async (worker: Worker, action: ActionRow): Promise<void> => {
    if (workers.has(worker)) await execute(worker, action.id, () => void ring(worker, action));
  };
  const sweep = async (worker: Worker): Promise<void> => {
    if (!workers.has(worker)) return;
    const claimed = await claimOverdue(worker, { count: 100, overdueMs: 0 }, () => void sweep(worker));
    for (const action of claimed) void runSeated(worker, action);
    if (claimed.length > 0) await sweep(worker);
  };

  const LIMITS: [string, string, Partial<RoomOptions>, number][] = [
    ['three quarters of the hands where nobody says anything', 'gated', { hands: 8 }, 6],
    ['what its executor says', 'gated_two', { hands: 8 }, 2],
    ['what the operator says', 'gated', { hands: 8, limits: new Map([['gated', 3]]) }, 3],
    [
      'what the operator says, whatever its executor says',
      'gated_two',
      { hands: 8, limits: new Map([['gated_two', 5]]) },
      5,
    ],
    ['one in a process with one hand', 'gated', { hands: 1 }, 1],
  ];
  it.each(LIMITS)('lets in %s: %s, however rings and sweeps race', async (_name, type, room, expected) => {
    const gate = gateOf(`${type} ${expected}`);
    const actions = await createMany(20, type, { gate: `${type} ${expected}` });
    const worker = workerWith(room);
    const rings = actions.slice(0, 12).map((action) => ring(worker, action));
    const sweeps = [sweep(worker), sweep(worker)];
    await until('all that may to be inside', () => gate.inside.size === expected);
    await Promise.all(sweeps);
    gate.turn(); // others come after them
    await until('the next to be inside', () => gate.order.length === 2 * expected);
    expect(gate.inside.size).toBe(expected);
    gate.open();
    await until('all to end', async () => (await completed()) === 20);
    await Promise.all(rings);
    expect(gate.peak).toBe(expected);
    expect(new Set(gate.order).size).toBe(20);
  });

  it('lets in a workspace’s tool as any other type', async () => {
    const tool = 'refund';
    await createTool(owner, { name: tool, url: 'https://127.0.0.1:1', input_schema: {}, idempotent: true });
    const actions = await createMany(6, tool, {});
    const claim = (worker: Worker) => claimOverdue(worker, { count: 100, overdueMs: 0 });
    expect(await claim(workerWith({ hands: 4, limits: new Map([[tool, 2]]) }))).toHaveLength(2);
    expect(await claim(workerWith({ hands: 4 }))).toHaveLength(3);
    expect(await claim(workerWith({ hands: 4 }))).toHaveLength(1);
    expect(actions).toHaveLength(6);
  });

  it('keeps hands for the others where one type hangs in all that it may have', async () => {
    const worker = workerWith({ hands: 4 });
    const hung = await createMany(10, 'gated', { gate: 'hangs' });
    for (const action of hung) void ring(worker, action);
    await until('it to hang', () => gateOf('hangs').inside.size === 3);
    gateOf('well').isOpen = true;
    const rung = await createMany(10, 'gated_other', { gate: 'well' });
    await Promise.all(rung.map((action) => ring(worker, action)));
    await createMany(10, 'gated_other', { gate: 'well' }); // nobody was told of these
    await sweep(worker);
    await until('the others to end', async () => (await completed()) === 20);
    expect(gateOf('hangs').inside.size).toBe(3);
  });

  it('lets one at a time in of what was lost with two workers, of whatever type, and others beside it', async () => {
    const worker = workerWith({ hands: 16 });
    const suspects = [
      ...(await createMany(4, 'gated', { gate: 'suspects' })),
      ...(await createMany(4, 'gated_other', { gate: 'suspects' })),
    ];
    await world.db.pool.query('update actions set crashes = 2 where id = any($1)', [suspects.map(({ id }) => id)]);
    await createMany(4, 'gated', { gate: 'innocents' });
    for (const action of suspects.slice(0, 4)) void ring(worker, action);
    await sweep(worker);
    await until('the others to be inside', () => gateOf('innocents').inside.size === 4);
    for (let seen = 1; seen <= suspects.length; seen += 1) {
      await until('the next suspect', () => gateOf('suspects').order.length === seen);
      gateOf('suspects').turn();
    }
    await until('all of them to end', async () => (await completed()) === suspects.length);
    expect(gateOf('suspects').peak).toBe(1);
  });

  it('lets what is direct in first, of those that were rung for while there was no room', async () => {
    const worker = workerWith({ hands: 1 });
    const waiting = await createMany(5, 'gated', { gate: 'line' });
    for (const action of waiting) await Promise.race([ring(worker, action), until('it to wait', () => true)]);
    await until('one to be inside', () => gateOf('line').inside.size === 1);
    const direct = await create('gated', { gate: 'line' }, { direct: true });
    await ring(worker, direct);
    gateOf('line').open();
    await until('all to end', async () => (await completed()) === 6);
    expect(gateOf('line').order[1]).toBe(showId('action', direct.id));
  });

  it('holds for the actions that the api processes by itself', async () => {
    await createMany(10, 'gated', { gate: 'processed' });
    const reply = processActions(owner, { query: { limit: '10' }, body: {} });
    await until('all that may to be inside', () => gateOf('processed').inside.size === 6);
    gateOf('processed').open();
    expect((await reply).processed).toBe(10);
    expect(gateOf('processed').peak).toBe(6);
  });

  describe('by itself', () => {
    const executors = createRegistry({ executors: [gated('gated')] });
    const seat = { type: 'gated', crashes: 0, direct: false };

    it.each([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 3],
      [16, 12],
    ])('with %i hands, has %i for one type: never all of several', async (hands, expected) => {
      let seen: Vacancy | undefined;
      await createRoom({ hands, executors }).fill(async (_count, vacancy) => {
        seen = vacancy;
        return [];
      });
      expect(seen).toEqual({ types: { gated: expected }, others: expected, suspects: 1 });
    });

    it('lets others in after a claim that failed', async () => {
      const room = createRoom({ hands: 1, executors });
      await expect(room.fill(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
      expect(await room.enter(seat)).toBe(true);
    });

    it('lets nobody in while a claim is under way', async () => {
      const room = createRoom({ hands: 1, executors });
      const taken = { ...seat } as ActionRow;
      let answer = (_claimed: ActionRow[]): void => undefined;
      const filled = room.fill(() => new Promise((resolve) => (answer = resolve)));
      const entered = room.enter(seat);
      await until('the claim to be sent', () => answer.name !== 'answer');
      answer([taken]);
      expect(await filled).toEqual([taken]);
      expect(await entered).toBe(false);
    });
  });
});
