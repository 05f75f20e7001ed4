import {
  claim,
  claimDue,
  createAction,
  decideAction,
  openEpoch,
  openEpochMirror,
  readDispatch,
  recoverLost,
  resumeDispatch,
  type ActionRow,
  type Context,
  type Epoch,
} from '@proviso/core';
import { backends, reread } from '@proviso/testing';
import { useWorkspace, useWorld } from '@proviso/testing/fixtures';
import { Redis } from 'ioredis';

type Row = Record<'incarnation' | 'counter' | 'advanced_at' | 'location', unknown>;

describe.each(backends().filter(({ redisUrl }) => redisUrl))('the epoch of the database', ({ redisUrl = '' }) => {
  const world = useWorld({ redisUrl });
  const { workspace, owner } = useWorkspace(world);
  const opened: Epoch[] = [];
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(redisUrl);
    world.db.pool.setMaxListeners(0); // each epoch listens
  });
  afterAll(() => redis.disconnect());
  beforeEach(() => write({ incarnation: null, counter: 0, location: null }));
  afterEach(() => {
    for (const epoch of opened.splice(0)) epoch.close();
  });

  /** Another process, which has checked once. */
  async function started(url: string | null = redisUrl): Promise<Epoch> {
    const { db, log } = world;
    const epoch = openEpoch({ db, log, mirror: url === null ? undefined : openEpochMirror(url, log) });
    opened.push(epoch);
    await epoch.check();
    return epoch;
  }
  const query = async (text: string, values: unknown[] = []): Promise<Row> =>
    (await world.db.pool.query<Row>(text, values)).rows[0] as Row;
  const read = (): Promise<Row> => query('select * from database_epoch');
  /** What a restore does to the row. */
  const write = (row: Partial<Row>): Promise<Row> =>
    query(
      `update database_epoch d set held_since = null, held_reason = null, lost_until = null, incarnation = r.incarnation,
         counter = r.counter, advanced_at = r.advanced_at, location = r.location
       from jsonb_populate_record((select x from database_epoch x), $1::jsonb) r`,
      [JSON.stringify(row)],
    );
  const aMinuteAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  /** Runs long enough for the next check to raise the counter. */
  const goOn = async (epoch: Epoch, times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await query(`update database_epoch set advanced_at = advanced_at - interval '1 second'`);
      await epoch.check();
    }
  };
  const reasonOf = (epoch: Epoch): string => epoch.hold()?.reason ?? (epoch.mayDispatch() ? 'current' : 'waits');
  const mirrorKey = async (): Promise<string> => `{proviso}:epoch:${String((await read()).incarnation)}`;

  it('a database that is older than its mirror holds every process, and each says what to do', async () => {
    const epoch = await started();
    await goOn(epoch, 2);
    const backup = await read();
    await goOn(epoch, 3);
    await write(backup);
    await epoch.check();
    expect(epoch.mayDispatch()).toBe(false);
    expect(epoch.hold()).toMatchObject({ reason: 'behind', message: expect.stringContaining('proviso resume') });
    expect(epoch.hold()?.lostUntil?.getTime()).toBeGreaterThan(0);
    expect(reasonOf(await started())).toBe('behind');
    expect(reasonOf(await started(null))).toBe('behind'); // from the row: it has no Redis
    const { counter } = await read();
    await goOn(epoch);
    expect((await read()).counter).toBe(counter);
  });

  it('a lost Redis, an older Redis and an unreachable one do not stop a database that has not moved', async () => {
    const epoch = await started();
    await goOn(epoch, 3);
    await redis.del(await mirrorKey());
    expect(reasonOf(await started())).toBe('current');
    await goOn(epoch);
    expect(Number(await redis.hget(await mirrorKey(), 'counter'))).toBe((await read()).counter);
    await redis.hset(await mirrorKey(), 'counter', 1);
    expect(reasonOf(await started())).toBe('current');
    await goOn(epoch);
    expect(Number(await redis.hget(await mirrorKey(), 'counter'))).toBe((await read()).counter);
    expect(reasonOf(await started('redis://127.0.0.1:1'))).toBe('current');
  });

  it('a moved database goes on only if the mirror shows that it is current', async () => {
    const elsewhere = { location: 'another server' };
    const epoch = await started();
    await goOn(epoch, 2);
    let current = await read();
    // a failover or a planned move: the mirror knows no more than the database
    await write({ ...current, ...elsewhere, advanced_at: new Date() });
    expect(reasonOf(await started())).toBe('current');
    current = await read();
    // restored together with its Redis
    await write({ ...current, ...elsewhere, advanced_at: aMinuteAgo(60) });
    expect(reasonOf(await started())).toBe('moved');
    // Redis does not answer: nothing starts, and nothing is recorded
    await write({ ...current, ...elsewhere });
    expect(reasonOf(await started('redis://127.0.0.1:1'))).toBe('waits');
    expect(reasonOf(await started())).toBe('current');
    current = await read();
    // a copy with a Redis of its own, or a restore without any
    await redis.del(await mirrorKey());
    await write({ ...current, ...elsewhere, advanced_at: new Date() });
    expect(reasonOf(await started())).toBe('moved');
    await write({ ...current, ...elsewhere, advanced_at: new Date() });
    expect(reasonOf(await started(null))).toBe('moved');
    // a replica that lagged
    await write({ ...current, ...elsewhere, counter: Number(current.counter) - 1, advanced_at: new Date() });
    await redis.hset(await mirrorKey(), 'counter', Number(current.counter), 'at', new Date().toISOString());
    expect(reasonOf(await started())).toBe('behind');
  });

  it('after a release the next history goes on, and whoever still has the earlier one holds for good', async () => {
    const epoch = await started();
    const backup = await read();
    await goOn(epoch, 2);
    await write(backup);
    await epoch.check();
    expect(await epoch.release('00000000-0000-4000-8000-000000000000')).toBe(false);
    expect(await epoch.release(String(backup.incarnation))).toBe(true);
    expect(reasonOf(epoch)).toBe('current');
    expect((await read()).incarnation).not.toBe(backup.incarnation);
    expect(await epoch.release(String(backup.incarnation))).toBe(false);
    await write({ ...backup, counter: 1_000 });
    const old = await started();
    expect(reasonOf(old)).toBe('superseded');
    const { epoch: _, ...services } = owner;
    const body = { epoch: String(backup.incarnation), run: 'all' };
    await expect(resumeDispatch({ ...services, epoch: old }, body)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('a broken connection stops the claims until the database has been compared again', async () => {
    const epoch = await started();
    expect(epoch.mayDispatch()).toBe(true);
    world.db.pool.emit('error', new Error('terminated'), {} as never);
    expect(epoch.mayDispatch()).toBe(false);
    await epoch.check();
    expect(epoch.mayDispatch()).toBe(true);
  });

  describe('while dispatch is held', () => {
    let epoch: Epoch;
    let operator: Context;
    beforeEach(async () => {
      await query('truncate actions cascade');
      epoch = await started();
    });
    const create = (type: string, more: object = {}): Promise<ActionRow> =>
      createAction(owner, { type, identity_id: workspace.identityId, params: {}, ...more });
    const held = async (): Promise<string> => {
      await query(`update database_epoch set held_since = clock_timestamp(), held_reason = 'operator'`);
      await epoch.check();
      operator = { ...owner, epoch };
      return String((await read()).incarnation);
    };
    const worker = () => ({ ...world.worker({ leaseMs: 1, heartbeatMs: 60_000 }), epoch });

    it('nothing is claimed, swept or recovered, and a wake-up stays in the queue', async () => {
      const [running, due] = [await create('probe_at_most_once'), await create('probe_at_most_once')];
      await claim(worker(), running.id);
      await held();
      expect(await claim(worker(), due.id)).toEqual({ earlyMs: expect.any(Number) });
      expect(await claimDue(worker())).toEqual([]);
      expect(await recoverLost(worker())).toBe(0);
      expect(await reread(world, running)).toMatchObject({ status: 'running', crashes: 0 });
    });

    it('the operator reads what would run, and what may repeat an effect', async () => {
      const due = await create('probe_at_most_once');
      const undone = await create('probe_transactional');
      await create('probe_at_most_once', { scheduled_time: new Date(Date.now() + 3_600_000).toISOString() });
      await held();
      const { hold, actions, total_items } = await readDispatch(operator);
      expect(hold).toMatchObject({ reason: 'operator', epoch: (await read()).incarnation });
      expect(total_items).toBe(2);
      expect(actions).toMatchObject([
        { type: due.type, may_repeat: true, identity: 'internal', wake_up_handled: false },
        { type: undone.type, may_repeat: false },
      ]);
      await expect(
        readDispatch({ ...operator, caller: { ...operator.caller, scopes: ['actions:read'] } }),
      ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    it('none: what was due returns to review, what was running may have happened, and what waited says so', async () => {
      const [due, running, waiting, later] = await Promise.all([
        create('probe_at_most_once'),
        create('probe_at_most_once'),
        create('probe_at_most_once', { require_approval: true }),
        create('probe_at_most_once', { scheduled_time: new Date(Date.now() + 3_600_000).toISOString() }),
      ]);
      await claim(worker(), running.id);
      const name = await held();
      const since = await create('probe_at_most_once'); // by somebody who knows of the restore
      expect(await resumeDispatch(operator, { epoch: name, run: 'none' })).toEqual({
        returned_to_review: 1,
        outcome_unknown: 1,
        marked: 1,
      });
      expect(await reread(world, due)).toMatchObject({ status: 'pending_approval', status_reason: 'restored' });
      expect(await reread(world, running)).toMatchObject({ status: 'failed', status_reason: 'outcome_unknown' });
      expect(await reread(world, waiting)).toMatchObject({ status: 'pending_approval', status_reason: 'restored' });
      for (const kept of [later, since]) expect(await reread(world, kept)).toMatchObject({ version: kept.version });
      expect((await claimDue(worker())).map(({ id }) => id)).toEqual([since.id]);
      await decideAction(owner, due.id, { action: 'approve' });
      expect((await claim(worker(), due.id)).action).toMatchObject({ id: due.id, status_reason: null });
    });

    it('by id: only the listed ones run; another hold, or another history, is refused', async () => {
      const [listed, other] = [await create('probe_at_most_once'), await create('probe_at_most_once')];
      const name = await held();
      const wrong = { epoch: '00000000-0000-4000-8000-000000000000', run: 'all' };
      await expect(resumeDispatch(operator, wrong)).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(resumeDispatch(operator, { epoch: name, run: ['nobody'] })).rejects.toMatchObject({
        code: 'INVALID',
      });
      await resumeDispatch(operator, { epoch: name, run: [listed.id] });
      expect((await claimDue(worker())).map(({ id }) => id)).toEqual([listed.id]);
      expect(await reread(world, other)).toMatchObject({ status: 'pending_approval' });
      expect(await resumeDispatch(operator, { epoch: name, run: 'none' })).toMatchObject({ returned_to_review: 0 });
    });

    it('all: the operator says that the database is current, and everything runs', async () => {
      const action = await create('probe_at_most_once');
      const name = await held();
      await resumeDispatch(operator, { epoch: name, run: 'all' });
      expect((await claimDue(worker())).map(({ id }) => id)).toEqual([action.id]);
    });
  });
});
