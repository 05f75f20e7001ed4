import {
  cancelAction,
  createAction,
  decideAction,
  execute,
  forTenant,
  openDatabase,
  type ActionRow,
  type Database,
} from '@proviso/core';
import { FIND } from '../src/action/sql/find.ts';
import { openWorld, reread, until, type TestWorkspace, type World } from '@proviso/testing';

describe('statements that run together', () => {
  let world: World;
  let db: Database;
  let workspace: TestWorkspace;
  /** The names of the statements that the database was sent. */
  const sent: string[] = [];
  beforeAll(async () => {
    world = await openWorld();
    workspace = await world.workspace();
    db = openDatabase({ url: world.databaseUrl, name: 'together' });
    db.pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      client.query = ((...args: unknown[]) => {
        const [{ name }] = args as [{ name?: string }];
        if (name) sent.push(name);
        return query(...args);
      }) as never;
    });
  });
  beforeEach(() => void sent.splice(0));
  afterAll(async () => {
    await db.close();
    await world.close();
  });

  const countOf = (name: string): number => sent.filter((one) => one === name).length;
  const body = (say: string) => ({
    type: 'probe_idempotent',
    identity_id: workspace.identityId,
    params: { say },
    require_approval: true,
  });
  const owner = async () => ({ ...(await workspace.as({})), db });
  const proposals = async (count: number): Promise<ActionRow[]> => {
    const ctx = await owner();
    return Promise.all(Array.from({ length: count }, (_, n) => createAction(ctx, body(`${n}`))));
  };

  it('creates many actions with one statement of each kind, each with its own content', async () => {
    const actions = await proposals(20);
    expect(countOf('action_create_together')).toBe(1);
    expect(countOf('action_create')).toBe(0);
    expect(countOf('identity_find_together')).toBe(1);
    expect(actions.map(({ params }) => params.say)).toEqual(actions.map((_, n) => `${n}`));
    for (const action of actions) expect(await reread(world, action)).toMatchObject({ params: action.params });
  });

  it('takes at most one round trip per action from the proposal to the result, when many come at once', async () => {
    const actions = await proposals(20);
    const ctx = await owner();
    await Promise.all(actions.map(({ id }) => decideAction(ctx, id, { action: 'approve' })));
    const worker = { ...world.worker(), db };
    await Promise.all(actions.map(({ id }) => execute(worker, id)));
    for (const action of actions) expect(await reread(world, action)).toMatchObject({ status: 'completed' });
    expect(sent.length).toBeLessThanOrEqual(actions.length);
  });

  it('runs one by itself with the statement for one', async () => {
    await proposals(1);
    expect(sent.filter((name) => name.endsWith('_together'))).toEqual([]);
  });

  it('gives each decision its own answer', async () => {
    const ctx = await owner();
    const [good, gone, changed, other] = (await proposals(4)) as [ActionRow, ActionRow, ActionRow, ActionRow];
    await cancelAction(ctx, gone.id, {});
    await world.setAction(changed.id, 'version = 7, revision = 2');
    sent.splice(0);
    const ids = [good.id, gone.id, changed.id, other.id];
    const answers = await Promise.allSettled(ids.map((id) => decideAction(ctx, id, { action: 'approve' })));
    expect(
      answers.map((one) => (one.status === 'fulfilled' ? one.value.status : (one.reason as { code: string }).code)),
    ).toEqual(['approved', 'INVALID_STATE', 'CONFLICT', 'approved']);
    expect(countOf('action_approved_together')).toBe(1);
  });

  it('does not wait for a row that somebody else has locked', async () => {
    const ctx = await owner();
    const [locked, ...free] = (await proposals(5)) as [ActionRow, ...ActionRow[]];
    const client = await world.db.pool.connect();
    await client.query('begin');
    await client.query('select from actions where id = $1 for update', [locked.id]);
    let isDecided = false;
    const late = decideAction(ctx, locked.id, { action: 'approve' }).then(() => (isDecided = true));
    const decided = await Promise.all(free.map(({ id }) => decideAction(ctx, id, { action: 'approve' })));
    expect(decided.map(({ status }) => status)).toEqual(free.map(() => 'approved'));
    const [again] = (await proposals(1)) as [ActionRow];
    expect(await decideAction(ctx, again.id, { action: 'approve' })).toMatchObject({ status: 'approved' });
    expect(isDecided).toBe(false);
    await client.query('commit');
    client.release();
    await late;
    expect(await reread(world, locked)).toMatchObject({ status: 'approved' });
  });

  it('fails only the one that the database refuses', async () => {
    const seen = await proposals(2);
    sent.splice(0);
    const ids = [seen[0]?.id ?? '', 'no uuid', seen[1]?.id ?? ''];
    const answers = await Promise.allSettled(ids.map((id) => db.query(FIND, { id, workspace: workspace.id })));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([countOf('action_find_together'), countOf('action_find')]).toEqual([1, 3]);
  });

  it('creates one action per Idempotency-Key, however many requests name it at once', async () => {
    const ctx = await owner();
    const use = (key: string) => ({
      key,
      requestHash: 'hash',
      replayed: false,
      tokenId: ctx.caller.tokenId,
      workspaceId: workspace.id,
    });
    const keys = ['a', 'b', 'a', 'b', 'a'];
    const made = await Promise.all(keys.map((key) => createAction({ ...ctx, idempotency: use(key) }, body(key))));
    const ids = made.map(({ id }) => id);
    expect([ids[2], ids[3], ids[4]]).toEqual([ids[0], ids[1], ids[0]]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('says to all that the connection was lost, and runs none of them again', async () => {
    const ctx = await owner();
    const actions = await proposals(3);
    const client = await world.db.pool.connect();
    await client.query('begin');
    await client.query('lock table action_events in access exclusive mode');
    const calls = actions.map(({ id }) => decideAction(ctx, id, { action: 'approve' }));
    const ended = Promise.allSettled(calls);
    await until('it to wait for the lock', async () => {
      const { rows } = await world.db.pool.query<{ pid: number }>(
        "select pid from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'together'",
      );
      for (const { pid } of rows) await world.db.pool.query('select pg_terminate_backend($1)', [pid]);
      return rows.length > 0;
    });
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await client.query('commit');
    client.release();
    expect(countOf('action_approved')).toBe(0);
    for (const action of actions) expect((await reread(world, action)).status).toBe('pending_approval');
  });

  it('gives each action one decision when two processes decide thirty of them at once', async () => {
    const elsewhere = openDatabase({ url: world.databaseUrl, name: 'elsewhere' });
    for (let round = 0; round < 10; round += 1) {
      const ours = await owner();
      const theirs = { ...ours, db: elsewhere };
      const actions = await proposals(30);
      const [approved, rejected] = await Promise.all([
        Promise.allSettled(actions.map(({ id }) => decideAction(ours, id, { action: 'approve' }))),
        Promise.allSettled(actions.map(({ id }) => decideAction(theirs, id, { action: 'reject' }))),
      ]);
      for (const [n, action] of actions.entries()) {
        const winners = [approved[n], rejected[n]].flatMap((one) => (one?.status === 'fulfilled' ? one.value : []));
        const log = await world.db.tables.action_events.findMany({
          where: { action_id: action.id },
          orderBy: { version: 'asc' },
        });
        expect(winners).toHaveLength(1);
        expect(log.map(({ event }) => event)).toEqual(['action.created', `action.${winners[0]?.status}`]);
        expect(await reread(world, action)).toMatchObject({ status: winners[0]?.status, version: 2 });
      }
    }
    expect(countOf('action_approved_together')).toBeGreaterThan(5);
    await elsewhere.close();
  }, 30_000);

  it('refuses a statement that lacks a parameter, and only that one', async () => {
    const seen = await proposals(2);
    const ask = (params: object) => db.query(FIND, params as never);
    const found = seen.map(({ id }) => ask({ id, workspace: workspace.id }));
    await expect(ask({ id: seen[0]?.id })).rejects.toThrow('action_find has no value for :workspace');
    expect((await Promise.all(found)).map((rows) => rows.length)).toEqual([1, 1]);
  });

  it('never puts the work of two tenants into one statement', async () => {
    const other = await world.workspace();
    const theirs = { ...(await other.as({})), db };
    const ours = await owner();
    await Promise.all([
      ...[1, 2].map((n) => forTenant(workspace.id, () => createAction(ours, body(`${n}`)))),
      ...[1, 2].map((n) =>
        forTenant(other.id, () => createAction(theirs, { ...body(`${n}`), identity_id: other.identityId })),
      ),
    ]);
    expect(countOf('action_create_together')).toBe(2);
  });
});
