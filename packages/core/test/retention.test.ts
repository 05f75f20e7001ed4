import {
  applyRetention,
  clearedHash,
  createAction,
  createLegalHold,
  createRun,
  getAction,
  newId,
  proposeAgain,
  rejectAction,
  releaseLegalHold,
  snoozeAction,
  updateSettings,
  type ActionRow,
} from '@proviso/core';
import { reread, until } from '@proviso/testing';
import { useWorkspace, useWorld } from '@proviso/testing/fixtures';
import { FIND_OVERDUE, TAKE_TO_DELETE, TAKE_TO_REDACT } from '../src/action/sql/retention.ts';

const SECRET = 'Ada’s diagnosis';

describe('retention', () => {
  const world = useWorld();
  const here = useWorkspace(world, beforeEach);
  afterEach(() => world.db.pool.query("update workspaces set settings = '{}'"));

  const keepFor = (params_days: number | null, actions_days: number | null = null) =>
    updateSettings(here.owner, { retention: { params_days, actions_days } });
  const propose = (more: object = {}): Promise<ActionRow> =>
    createAction(here.owner, {
      type: 'probe_idempotent',
      identity_id: here.workspace.identityId,
      params: { say: SECRET },
      description: SECRET,
      metadata: { patient: SECRET },
      require_approval: true,
      ...more,
    });
  const age = (id: string, ago: string) =>
    world.db.pool.query(
      `update actions set completed_at = clock_timestamp() - $2::interval, updated_at = clock_timestamp() - $2::interval where id = $1`,
      [id, ago],
    );
  /** An action that was rejected that long ago. */
  const ended = async (ago: string, more: object = {}): Promise<ActionRow> => {
    const action = await propose(more);
    const rejected = await rejectAction(here.reviewer, action.id, { comment: SECRET });
    await age(action.id, ago);
    return rejected;
  };
  /** Copies of the action, which ended a second apart. */
  const copy = (action: ActionRow, count: number) =>
    world.db.pool.query(
      `with copied as (
         insert into actions select copy.* from actions a, generate_series(1, $2::int) n,
           jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'completed_at', a.completed_at - n * interval '1 s')) copy
         where a.id = $1 returning id, workspace_id)
       insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
       select c.id, e.version, e.workspace_id, e.event, e.status, e.actor, e.data, e.at
       from copied c, action_events e where e.action_id = $1`,
      [action.id, count],
    );
  const find = (ids: readonly string[]) =>
    world.db.tables.actions.findMany({ where: { id: { in: [...ids] } }, select: { id: true, redaction: true } });
  const redactedOf = async (ids: readonly string[]): Promise<boolean[]> => {
    const rows = new Map((await find(ids)).map((row) => [row.id, row.redaction !== null]));
    return ids.map((id) => rows.get(id) ?? false);
  };
  const all = async (): Promise<number> => {
    let sum = 0;
    for (let done = -1; done !== 0; sum += done) done = await applyRetention(world);
    return sum;
  };

  it('removes the content of what ended before the limit, by the database’s clock, and keeps what proves the decision', async () => {
    await keepFor(30);
    const [young, old] = [await ended('30 days - 1 minute'), await ended('30 days 1 minute')];
    const hash = clearedHash({ ...old, identity_version: 1 }, world.executors);
    expect(await applyRetention(world)).toBe(1);
    expect(await redactedOf([young.id, old.id])).toEqual([false, true]);
    const { action, logs } = await getAction(here.owner, old.id);
    expect(action).toMatchObject({
      status: 'rejected',
      params: {},
      preview: null,
      description: null,
      metadata: {},
      approval: { decision: 'reject', by: old.approval?.by, at: old.approval?.at, comment: null },
      redaction: { reason: 'retention', params_hash: hash },
      version: old.version,
    });
    expect(logs.map(({ event, actor }) => [event, actor.kind])).toEqual([
      ['action.created', 'member'],
      ['action.rejected', 'member'],
    ]);
    expect(JSON.stringify([await reread(world, old), logs])).not.toContain('diagnosis');
    expect(JSON.stringify(await reread(world, young))).toContain('diagnosis');
    await expect(proposeAgain(here.owner, old.id, {})).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await applyRetention(world)).toBe(0);
  });

  it('leaves what is open, what has an unknown outcome, what changed recently, and every other workspace', async () => {
    const elsewhere = await world.workspace();
    const [open, unknown, changed, other] = [
      await propose(),
      await ended('9 d'),
      await ended('9 d'),
      await ended('9 d'),
    ];
    await world.db.pool.query(`update actions set status = 'failed', status_reason = 'outcome_unknown' where id = $1`, [
      unknown.id,
    ]);
    await world.db.pool.query(`update actions set updated_at = now() - interval '71 h' where id = $1`, [changed.id]);
    await world.db.pool.query('update actions set workspace_id = $2 where id = $1', [other.id, elsewhere.id]);
    await keepFor(3, 3);
    expect(await applyRetention(world)).toBe(0);
    await world.db.pool.query(`update actions set status_reason = 'confirmed_done' where id = $1`, [unknown.id]);
    expect(await applyRetention(world)).toBe(1);
    const left = await find([open.id, unknown.id, changed.id, other.id]);
    expect(left.map(({ id }) => id).toSorted()).toEqual([open.id, changed.id, other.id].toSorted());
  });

  it('deletes an action with its events and snoozes, and one that was proposed again before its successor', async () => {
    await keepFor(3, 30);
    const [first, kept] = [await ended('31 d'), await ended('29 d')];
    const again = await proposeAgain(here.owner, first.id, {});
    await snoozeAction(here.reviewer, again.id, { until: null });
    await rejectAction(here.reviewer, again.id, {});
    await age(again.id, '32 d');
    expect(await applyRetention(world)).toBe(3); // deletes the former, and redacts the others
    expect(await redactedOf([again.id, kept.id])).toEqual([true, true]);
    expect(await all()).toBe(1);
    expect((await find([first.id, again.id, kept.id])).map(({ id }) => id)).toEqual([kept.id]);
    const where = { workspace_id: here.workspace.id };
    expect(await world.db.tables.action_events.count({ where })).toBe(2);
    expect(await world.db.tables.snoozes.count({ where })).toBe(0);
  });

  it.each(['workspace', 'action', 'run', 'mission'] as const)(
    'neither redacts nor deletes what a hold on the %s covers, until it is released',
    async (scope) => {
      const run = await createRun(here.owner, await here.workspace.agentId(), {});
      const ids = { run_id: run.run_id, mission_id: newId() };
      const [held, other] = [await ended('9 d', ids), await ended('9 d')];
      const target = {
        workspace: {},
        action: { action_id: held.id },
        run: { run_id: ids.run_id },
        mission: { mission_id: ids.mission_id },
      };
      await keepFor(3, 3);
      const hold = await createLegalHold(here.owner, { reason: 'Case 1', ...target[scope] });
      expect(await all()).toBe(scope === 'workspace' ? 0 : 1);
      expect((await find([held.id, other.id])).map(({ id }) => id)).toContain(held.id);
      expect(await redactedOf([held.id])).toEqual([false]);
      await releaseLegalHold(here.owner, hold.hold_id, {});
      expect(await all()).toBe(scope === 'workspace' ? 2 : 1);
    },
  );

  it('lets a hold wait for the batch in progress, and obeys it from its reply on', async () => {
    const actions = [await ended('9 d'), await ended('8 d')];
    await keepFor(3);
    const client = await world.db.pool.connect();
    await client.query('begin');
    await client.query('select from action_events where action_id = $1 for update', [actions[0]?.id]);
    const batch = applyRetention(world); // waits for that event
    await until('the batch waits', async () => (await waiting()) === 1);
    const late = await ended('9 d');
    const hold = createLegalHold(here.owner, { reason: 'Case 2' });
    await until('the hold waits', async () => (await waiting()) === 2);
    await client.query('rollback');
    client.release();
    await Promise.all([batch, hold]);
    expect(await redactedOf(actions.map(({ id }) => id))).toEqual([true, true]);
    expect(await all()).toBe(0);
    expect(await redactedOf([late.id])).toEqual([false]);
  });

  /** How many statements of this database wait for a lock. */
  const waiting = async (): Promise<number> =>
    (
      await world.db.pool.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).rows.length;

  it.each([
    ['redact', 3, null],
    ['delete', 3, 3],
  ] as const)('leaves nothing half done when it is killed in the middle of a batch: %s', async (_, params, whole) => {
    const action = await ended('9 d');
    await keepFor(params, whole);
    const before = await reread(world, action);
    const client = await world.db.pool.connect();
    await client.query('begin');
    await client.query('select from action_events where action_id = $1 for update', [action.id]);
    const batch = applyRetention(world);
    await until('the batch waits', async () => (await waiting()) === 1);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect(await batch).toBe(0);
    await client.query('rollback');
    client.release();
    expect(await reread(world, action)).toEqual(before);
    expect(await all()).toBe(1);
  });

  it('is shared by any number of workers: each action is redacted and deleted once', async () => {
    const action = await ended('9 d');
    await copy(action, 1_200);
    await keepFor(3);
    const fleet = () => Promise.all([all(), all(), all()]);
    expect((await fleet()).reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1_000);
    await all();
    const where = { workspace_id: here.workspace.id };
    expect(await world.db.tables.actions.count({ where: { ...where, redaction: { equals: null as never } } })).toBe(0);
    await keepFor(3, 3);
    const deleted = (await fleet()).reduce((sum, count) => sum + count) + (await all());
    expect(deleted).toBe(1_201);
    expect(await world.db.tables.actions.count({ where })).toBe(0);
    expect(await world.db.tables.action_events.count({ where })).toBe(0);
  });

  it('reads its batches from the oldest end of an index', async () => {
    const client = await world.db.pool.connect();
    const explain = async (text: string): Promise<string> => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${text}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    await client.query('set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off');
    try {
      for (const { text } of [TAKE_TO_REDACT, TAKE_TO_DELETE.delete_unredacted])
        expect(await explain(text)).toContain('actions_unredacted');
      expect(await explain(TAKE_TO_DELETE.delete_redacted.text)).toContain('actions_redacted');
      expect(await explain(FIND_OVERDUE.text)).not.toContain('Seq Scan on actions');
    } finally {
      client.release(true);
    }
  });
});
