import type { JsonObject } from '@proviso/contracts';
import {
  claim,
  createAction,
  createTool,
  execute,
  expireOpen,
  getAction,
  recoverLost,
  runClaimed,
  formatId,
  transitionHeld,
  type ActionRow,
} from '@proviso/core';
import { backends, effectsOf, openWorld, reread, until } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';

describe('recover', () => {
  const world = useWorld();
  const { workspace, owner } = useWorkspace(world);

  const create = (delivery: string, params: JsonObject = {}): Promise<ActionRow> =>
    createAction(owner, { type: `probe_${delivery}`, identity_id: workspace.identityId, params });

  const expireLease = ({ id }: ActionRow): Promise<unknown> =>
    world.setAction(id, "lease_until = now() - interval '1 second'");

  /** A worker that claimed it and was never heard of again; `begun` = after begin(). */
  async function lose(action: ActionRow, begun: boolean): Promise<ActionRow> {
    const { action: held } = await claim(world.worker(), action.id);
    if (!held) throw new Error('not claimed');
    await expireLease(action);
    if (begun) await world.setAction(action.id, 'effect_started_at = now()');
    return held;
  }

  const LOST_CALLS: [boolean, boolean, object][] = [
    [true, false, { status: 'scheduled' }],
    [true, true, { status: 'scheduled' }],
    [false, false, { status: 'scheduled' }],
    [false, true, { status: 'failed', status_reason: 'outcome_unknown' }],
  ];
  it.each(LOST_CALLS)(
    'a workspace’s tool, idempotent: %s, effect begun: %s → %j',
    async (idempotent, begun, expected) => {
      const name = `tool-${idempotent}-${begun}`;
      await createTool(owner, { name, url: 'https://tools.example.com', input_schema: {}, idempotent });
      const action = await createAction(owner, { type: name, identity_id: workspace.identityId, params: {} });
      await lose(action, begun);
      await recoverLost(world.worker());
      expect(await reread(world, action)).toMatchObject({ ...expected, crashes: 1, lease_until: null });
    },
  );

  const effects = ({ id }: ActionRow) => effectsOf(formatId('action', id));

  const LOST: [string, boolean, JsonObject, object][] = [
    ['transactional', false, {}, { status: 'scheduled' }],
    ['idempotent', false, {}, { status: 'scheduled' }],
    ['idempotent', true, {}, { status: 'scheduled' }],
    ['at_most_once', false, {}, { status: 'scheduled' }],
    ['at_most_once', true, { settles: 'unknown' }, { status: 'failed', status_reason: 'outcome_unknown' }],
    ['at_most_once', true, { settles: 'not_done' }, { status: 'failed', status_reason: 'not_sent' }],
    ['at_most_once', true, { settles: 'done' }, { status: 'completed', result: { found: true } }],
  ];
  it.each(LOST)('%s, effect begun: %s, %j → %j', async (delivery, begun, params, expected) => {
    const action = await create(delivery, params);
    await lose(action, begun);
    await recoverLost(world.worker());
    expect(await reread(world, action)).toMatchObject({ ...expected, crashes: 1, lease_until: null });
    expect(effects(action)).toEqual([]);
  });

  it('waits for a database that goes away while a lost action is taken over, and counts one crash', async () => {
    const action = await create('transactional', {});
    await lose(action, false);
    const { db, ...worker } = world.worker();
    const lost = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    let failures = 3;
    const query: typeof db.query = (statement, values) => {
      if (statement.name !== 'action_requeued' || failures === 0) return db.query(statement, values);
      failures -= 1;
      return Promise.reject(lost);
    };
    await recoverLost({ ...worker, db: { ...db, query } });
    expect(failures).toBe(0);
    expect(await reread(world, action)).toMatchObject({ status: 'scheduled', crashes: 1, lease_until: null });
  });

  it('treats an idempotent effect as at_most_once after the provider has forgotten its key', async () => {
    const action = await create('idempotent', { settles: 'unknown' });
    await lose(action, true);
    await world.setAction(action.id, "effect_started_at = now() - interval '1 hour'");
    await recoverLost(world.worker());
    expect(await reread(world, action)).toMatchObject({ status: 'failed', status_reason: 'outcome_unknown' });
  });

  it('gives up an action that crashed three workers', async () => {
    const action = await create('at_most_once');
    for (let crash = 1; crash <= 3; crash += 1) {
      await lose(action, false);
      await recoverLost(world.worker());
    }
    expect(await reread(world, action)).toMatchObject({ status: 'failed', status_reason: 'crashed', crashes: 3 });
  });

  it('counts one crash per attempt of an action that has not begun, however many adopters are lost too', async () => {
    const action = await create('at_most_once');
    await lose(action, false);
    const { db, ...worker } = world.worker();
    const query: typeof db.query = (statement, values) =>
      statement.name === 'action_requeued'
        ? Promise.reject(new Error('the adopter is lost'))
        : db.query(statement, values);
    for (let adopter = 1; adopter <= 3; adopter += 1) {
      await recoverLost({ ...worker, db: { ...db, query } });
      expect(await reread(world, action)).toMatchObject({ status: 'running', fence: 1 + adopter, crashes: 1 });
      await expireLease(action);
    }
    await recoverLost(world.worker());
    expect(await reread(world, action)).toMatchObject({ status: 'scheduled', attempts: 1, crashes: 1 });
  });

  it('reconciles a started effect that crashed three workers instead of repeating it', async () => {
    const action = await create('idempotent', { settles: 'done' });
    for (let crash = 1; crash <= 3; crash += 1) {
      await lose(action, true);
      await recoverLost(world.worker());
    }
    expect(await reread(world, action)).toMatchObject({ status: 'completed', crashes: 3, result: { found: true } });
    expect(effects(action)).toEqual([]);
  });

  it.each(backends())('wakes a worker for a returned action, ahead of waiting ones $name', async ({ redisUrl }) => {
    const busy = await openWorld(redisUrl ? { redisUrl } : {});
    try {
      const ctx = { ...owner, queue: busy.queue };
      const make = () => createAction(ctx, { type: 'probe_idempotent', identity_id: workspace.identityId, params: {} });
      const ids = [(await make()).id, (await make()).id];
      const wakeUps = async (): Promise<object[]> => {
        const jobs = await busy.queue.board.getJobs(['waiting'], 0, -1, true);
        return jobs.filter(({ data }) => ids.includes((data as { actionId: string }).actionId));
      };
      await until('a wake-up for both', async () => (await wakeUps()).length === 2);
      const lost = await make();
      ids.push(lost.id);
      await lose(lost, false);
      await recoverLost(busy.worker());
      await until('a second wake-up', async () => (await wakeUps()).length === 4);
      const order: string[] = [];
      const line = await busy.queue.consume(async (id) => void (ids.includes(id) && order.push(id)), 1);
      await until('all to be answered', () => order.length === 4);
      await line.close();
      expect(order[0]).toBe(lost.id);
      expect(order.slice(1).toSorted()).toEqual(ids.toSorted());
    } finally {
      await busy.close();
    }
  });

  it('ignores actions with a valid lease', async () => {
    const action = await create('at_most_once');
    await claim(world.worker(), action.id);
    await recoverLost(world.worker());
    expect(await reread(world, action)).toMatchObject({ status: 'running', crashes: 0 });
  });

  it('lets a late worker neither begin, nor record, nor run twice', async () => {
    const action = await create('at_most_once');
    const held = await lose(action, false);
    await recoverLost(world.worker());
    await runClaimed(world.worker(), held); // the late one still believes that it holds the lease
    expect(effects(action)).toEqual([]);
    const recorded = await transitionHeld(world.db, held, 'action.completed', {
      actor: { kind: 'system', id: 'late', name: 'late' },
    });
    expect(recorded).toBeNull();
    await execute(world.worker(), action.id);
    expect(effects(action)).toHaveLength(1);
    expect(await reread(world, action)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('recovers each lost action once when ten sweeps look together', async () => {
    const actions = await Promise.all(Array.from({ length: 20 }, () => create('transactional')));
    await Promise.all(actions.map((action) => lose(action, false)));
    await Promise.all(Array.from({ length: 10 }, () => recoverLost(world.worker())));
    for (const action of actions) {
      const { logs } = await getAction(owner, action.id);
      expect(logs.map(({ event }) => event)).toEqual(['action.created', 'action.claimed', 'action.requeued']);
    }
  });

  it('keeps a long run alive by its heartbeat', async () => {
    const action = await create('at_most_once', { outcome: 'hang', begin: false });
    const worker = world.worker({ leaseMs: 400, heartbeatMs: 50, timeoutMs: 1_500 });
    const running = execute(worker, action.id);
    const sweeps = setInterval(() => void recoverLost(world.worker()), 100);
    await running;
    clearInterval(sweeps);
    expect(await reread(world, action)).toMatchObject({ status: 'scheduled', crashes: 0, attempts: 1 });
  });

  it('ends actions that expired undecided, or cleared and never started', async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const body = { type: 'probe_at_most_once', identity_id: workspace.identityId, params: {}, expires_at };
    const pending = await createAction(owner, { ...body, require_approval: true });
    const cleared = await createAction(owner, body);
    const alive = await createAction(owner, { ...body, require_approval: true });
    await world.db.pool.query("update actions set expires_at = now() - interval '1 second' where id = any($1)", [
      [pending.id, cleared.id],
    ]);
    await Promise.all([expireOpen(world.worker()), expireOpen(world.worker())]);
    expect(await reread(world, pending)).toMatchObject({ status: 'cancelled', status_reason: 'approval_expired' });
    expect(await reread(world, cleared)).toMatchObject({ status: 'cancelled', status_reason: 'expired' });
    expect(await reread(world, alive)).toMatchObject({ status: 'pending_approval', version: 1 });
    const { logs } = await getAction(owner, pending.id);
    expect(logs.map(({ event, actor }) => [event, actor.kind])).toEqual([
      ['action.created', 'member'],
      ['action.expired', 'system'],
    ]);
  });
});
