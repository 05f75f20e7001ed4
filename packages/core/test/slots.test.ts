import {
  claimDue,
  createAction,
  createRegistry,
  createSlots,
  createTool,
  execute,
  processActions,
  runInSlot,
  formatId,
  type ActionRow,
  type FreeSlots,
  type SlotOptions,
  type Worker,
} from '@proviso/core';
import { defineExecutor, done, type Executor } from '@proviso/core/executor';
import { until } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
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

describe('slots', () => {
  const world = useWorld({ executors: [gated('gated'), gated('gated_other'), gated('gated_two', 2)] });
  const { workspace, owner } = useWorkspace(world, beforeEach);
  afterEach(() => {
    workers.clear();
    for (const gate of gates.values()) gate.open();
    gates.clear();
  });

  const create = (type: string, given: object, more: object = {}): Promise<ActionRow> =>
    createAction(owner, { type, identity_id: workspace.identityId, params: given, ...more });
  const createMany = (length: number, type: string, given: object): Promise<ActionRow[]> =>
    Promise.all(Array.from({ length }, () => create(type, given)));
  const completed = () => world.db.tables.actions.count({ where: { workspace_id: workspace.id, status: 'completed' } });

  /** Those of the running test: a sweep looks at every workspace. */
  const workers = new Map<Worker, () => void>();
  const workerWith = (slots: Partial<SlotOptions>): Worker => {
    const worker = world.worker({}, slots);
    workers.set(worker, () => void sweep(worker));
    return worker;
  };
  const wake = async (worker: Worker, action: ActionRow): Promise<void> => {
    if (workers.has(worker)) await execute(worker, action.id, workers.get(worker));
  };
  const sweep = async (worker: Worker): Promise<void> => {
    if (!workers.has(worker)) return;
    const claimed = await claimDue(worker, workers.get(worker));
    for (const action of claimed) void runInSlot(worker, action);
    if (claimed.length > 0) await sweep(worker);
  };

  const LIMITS: [string, string, Partial<SlotOptions>, number][] = [
    ['three quarters of the slots, where nobody says anything', 'gated', { slots: 8 }, 6],
    ['what its executor says', 'gated_two', { slots: 8 }, 2],
    ['what the operator says', 'gated', { slots: 8, limits: new Map([['gated', 3]]) }, 3],
    [
      'what the operator says, whatever its executor says',
      'gated_two',
      { slots: 8, limits: new Map([['gated_two', 5]]) },
      5,
    ],
    ['one, in a process with one slot', 'gated', { slots: 1 }, 1],
  ];
  it.each(LIMITS)('gives a type %s: %s, however wake-ups and sweeps race', async (_name, type, slots, expected) => {
    const gate = gateOf(`${type} ${expected}`);
    const actions = await createMany(20, type, { gate: `${type} ${expected}` });
    const worker = workerWith(slots);
    const wakeUps = actions.slice(0, 12).map((action) => wake(worker, action));
    const sweeps = [sweep(worker), sweep(worker)];
    await until('all that may to be inside', () => gate.inside.size === expected);
    await Promise.all(sweeps);
    gate.turn(); // others come after them
    await until('the next to be inside', () => gate.order.length === 2 * expected);
    expect(gate.inside.size).toBe(expected);
    gate.open();
    await until('all to end', async () => (await completed()) === 20);
    await Promise.all(wakeUps);
    expect(gate.peak).toBe(expected);
    expect(new Set(gate.order).size).toBe(20);
  });

  it('bounds a workspace’s tool as any other type', async () => {
    const tool = 'refund';
    await createTool(owner, { name: tool, url: 'https://127.0.0.1:1', input_schema: {}, idempotent: true });
    const actions = await createMany(6, tool, {});
    const claim = (worker: Worker) => claimDue(worker);
    expect(await claim(workerWith({ slots: 4, limits: new Map([[tool, 2]]) }))).toHaveLength(2);
    expect(await claim(workerWith({ slots: 4 }))).toHaveLength(3);
    expect(await claim(workerWith({ slots: 4 }))).toHaveLength(1);
    expect(actions).toHaveLength(6);
  });

  it('keeps slots for the others when one type hangs in all its slots', async () => {
    const worker = workerWith({ slots: 4 });
    const hung = await createMany(10, 'gated', { gate: 'hangs' });
    for (const action of hung) void wake(worker, action);
    await until('it to hang', () => gateOf('hangs').inside.size === 3);
    gateOf('well').isOpen = true;
    const woken = await createMany(10, 'gated_other', { gate: 'well' });
    await Promise.all(woken.map((action) => wake(worker, action)));
    await createMany(10, 'gated_other', { gate: 'well' }); // nobody was told of these
    await sweep(worker);
    await until('the others to end', async () => (await completed()) === 20);
    expect(gateOf('hangs').inside.size).toBe(3);
  });

  it('runs quarantined actions of any type one at a time, beside others', async () => {
    const worker = workerWith({ slots: 16 });
    const quarantined = [
      ...(await createMany(4, 'gated', { gate: 'quarantined' })),
      ...(await createMany(4, 'gated_other', { gate: 'quarantined' })),
    ];
    await world.db.pool.query('update actions set crashes = 2 where id = any($1)', [quarantined.map(({ id }) => id)]);
    await createMany(4, 'gated', { gate: 'innocents' });
    for (const action of quarantined.slice(0, 4)) void wake(worker, action);
    await sweep(worker);
    await until('the others to be inside', () => gateOf('innocents').inside.size === 4);
    for (let seen = 1; seen <= quarantined.length; seen += 1) {
      await until('the next quarantined action', () => gateOf('quarantined').order.length === seen);
      gateOf('quarantined').turn();
    }
    await until('all of them to end', async () => (await completed()) === quarantined.length);
    expect(gateOf('quarantined').peak).toBe(1);
  });

  it('starts direct actions first among those that waited for a slot', async () => {
    const worker = workerWith({ slots: 1 });
    const waiting = await createMany(5, 'gated', { gate: 'line' });
    for (const action of waiting) await Promise.race([wake(worker, action), until('it to wait', () => true)]);
    await until('one to be inside', () => gateOf('line').inside.size === 1);
    const direct = await create('gated', { gate: 'line' }, { direct: true });
    const woken = wake(worker, direct);
    gateOf('line').open();
    await woken;
    await until('all to end', async () => (await completed()) === 6);
    expect(gateOf('line').order[1]).toBe(formatId('action', direct.id));
  });

  it('applies to actions that the api processes', async () => {
    await createMany(10, 'gated', { gate: 'processed' });
    const reply = processActions(owner, { query: { limit: '10' }, body: {} });
    await until('all that may to be inside', () => gateOf('processed').inside.size === 6);
    gateOf('processed').open();
    expect((await reply).processed).toBe(10);
    expect(gateOf('processed').peak).toBe(6);
  });

  describe('by itself', () => {
    const executors = createRegistry({ executors: [gated('gated')] });
    const user = { workspace_id: 'w', type: 'gated', crashes: 0 };

    it.each([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 3],
      [16, 12],
    ])('with %i slots, has %i for one type: never all of several', async (slots, expected) => {
      let seen: FreeSlots | undefined;
      await createSlots({ slots, executors }).claimInto(async (_count, free) => {
        seen = free;
        return [];
      });
      expect(seen).toEqual({ types: { gated: expected }, others: expected, quarantined: 1, running: {} });
    });

    it('goes on after a claim that failed', async () => {
      const slots = createSlots({ slots: 1, executors });
      await expect(slots.claimInto(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
      expect(await slots.acquire(user)).toBe(true);
    });

    it('hands out no slot during a claim', async () => {
      const slots = createSlots({ slots: 1, executors });
      const taken = { ...user } as ActionRow;
      let answer = (_claimed: ActionRow[]): void => undefined;
      const filled = slots.claimInto(() => new Promise((resolve) => (answer = resolve)));
      const entered = slots.acquire(user);
      await until('the claim to be sent', () => answer.name !== 'answer');
      answer([taken]);
      expect(await filled).toEqual([taken]);
      expect(await entered).toBe(false);
    });
  });
});
