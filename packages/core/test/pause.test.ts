import { claimDue, createAction, execute, pauseWork, resumeWork, type ActionRow, type Context } from '@proviso/core';
import { reread, until, type TestWorkspace } from '@proviso/testing';
import { useWorld } from '@proviso/testing/fixtures';

describe('pause', () => {
  const world = useWorld();

  async function setup() {
    const workspace = await world.workspace();
    return { workspace, owner: await workspace.as({}) };
  }

  const create = (ctx: Context, workspace: TestWorkspace, type = 'probe_at_most_once'): Promise<ActionRow> =>
    createAction(ctx, { type, identity_id: workspace.identityId, params: {} });

  it('under load: after the reply no claim is younger than it, by the database’s clock; resumed, nothing is lost', async () => {
    const { workspace, owner } = await setup();
    const actions = await Promise.all(Array.from({ length: 300 }, () => create(owner, workspace)));
    const workers = Array.from({ length: 4 }, () => world.worker());
    let stop = false;
    const pound = async (index: number): Promise<void> => {
      for (const action of actions) {
        if (stop) return;
        if (index % 2) await execute(workers[index % 4] as (typeof workers)[0], action.id);
        else {
          const claimed = await claimDue(world.worker({}, { slots: 1 }));
          await Promise.all(claimed.map(({ id }) => execute(workers[0] as (typeof workers)[0], id)));
        }
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, (_, index) => pound(index)));
    const claims = async (since?: Date): Promise<number> =>
      world.db.tables.action_events.count({
        where: { workspace_id: workspace.id, event: 'action.claimed', ...(since && { at: { gt: since } }) },
      });
    await until('some claims', async () => (await claims()) > 20);
    await pauseWork(owner, {});
    const { rows } = await world.db.pool.query<{ now: Date }>('select clock_timestamp() as now');
    const answeredAt = rows[0]?.now as Date;
    const claimedBefore = await claims();
    await load;
    stop = true;
    expect(claimedBefore).toBeLessThan(300);
    expect(await claims(answeredAt)).toBe(0);
    await resumeWork(owner, {});
    const worker = world.worker();
    await until('the rest to run', async () => {
      const left = await world.db.tables.actions.findMany({
        where: { workspace_id: workspace.id, status: 'scheduled' },
      });
      await Promise.all(left.map(({ id }) => execute(worker, id)));
      return left.length === 0;
    });
    expect(await claims()).toBe(300);
  }, 60_000);

  it('stops a claim that started before the pause was committed', async () => {
    const { workspace, owner } = await setup();
    const action = await create(owner, workspace);
    // A pause is under way: it holds the gate, and has written, but has not committed.
    const pausing = await world.db.pool.connect();
    await pausing.query('begin');
    await pausing.query('select pg_advisory_xact_lock(7105)');
    await pausing.query(`insert into pauses (id, workspace_id, created_by) values (gen_random_uuid(), $1, '{}')`, [
      workspace.id,
    ]);
    const claim = execute(world.worker(), action.id); // its statement's snapshot is older than the pause
    await until('the claim to wait at the gate', async () => {
      const { rows } = await world.db.pool.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and wait_event = 'advisory' and query like '%may_start%' and datname = current_database()`,
      );
      return rows.length > 0;
    });
    await pausing.query('commit');
    pausing.release();
    await claim;
    expect((await reread(world, action)).status).toBe('scheduled');
  });
});
