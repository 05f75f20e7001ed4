import { openWorld, type TestWorkspace, type World } from '@proviso/testing';
import { PLANTS, type Plant } from './plants.ts';
import { Stage, type StageOptions } from './stage.ts';

describe('the checker', () => {
  let world: World;
  let workspace: TestWorkspace;
  let people: StageOptions['people'];
  beforeAll(async () => {
    world = await openWorld();
    workspace = await world.workspace();
    const stranger = await (await world.workspace()).as({});
    people = { owner: await workspace.as({}), reviewer: await workspace.as({ role: 'reviewer' }), stranger };
  });
  afterAll(() => world.close());

  /** The promises that were broken in this life. */
  async function broken({ diesAfter, tell }: Plant, bend: Plant['bend']): Promise<string[]> {
    const stage = new Stage({
      world,
      workspace,
      people,
      bend,
      ...(diesAfter && { strikes: [{ call: diesAfter, when: 'after' as const }] }),
    });
    try {
      await tell(stage);
      await stage.settle();
      return [...new Set((await stage.judge()).violations.map(({ promise }) => promise))];
    } finally {
      await world.db.pool.query('delete from action_events where workspace_id = $1', [workspace.id]);
      await world.db.pool.query('delete from actions where workspace_id = $1', [workspace.id]);
      stage.close();
    }
  }

  /** The CHECKs of the table, taken away until the end of the test. */
  async function unchecked<T>(work: () => Promise<T>): Promise<T> {
    const { pool } = world.db;
    const { rows } = await pool.query<{ name: string; definition: string }>(
      "select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = 'actions'::regclass and contype = 'c'",
    );
    for (const { name } of rows) await pool.query(`alter table actions drop constraint ${name}`);
    try {
      return await work();
    } finally {
      for (const { name, definition } of rows)
        await pool.query(`alter table actions add constraint ${name} ${definition}`);
    }
  }

  it.each(PLANTS)('catches $bug', async (plant) => {
    const live = () => broken(plant, plant.bend);
    expect(await (plant.unchecked ? unchecked(live) : live())).toContain(plant.breaks);
  });

  it.each(PLANTS.filter((plant) => plant.unchecked))(
    'cannot even plant $bug under the CHECKs of the table',
    async (plant) => {
      await expect(broken(plant, plant.bend)).rejects.toMatchObject({ code: '23514' });
    },
  );

  it.each(PLANTS)('has nothing to say of the same life without $bug', async (plant) => {
    expect(await broken(plant, (worker) => worker)).toEqual(plant.anyway ?? []);
  });
});
