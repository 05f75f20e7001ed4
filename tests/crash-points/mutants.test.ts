import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { MUTANTS, type Mutant } from './mutants.ts';
import { Simulation } from './simulation.ts';

describe('the checker', () => {
  const world = useWorld();
  const { workspace, ...team } = useWorkspace(world);
  const { owner: stranger } = useWorkspace(world);
  const people = { ...team, stranger };

  /** The promises that this scenario broke. */
  async function broken({ crashesAfter, run }: Mutant, mutate: Mutant['mutate']): Promise<string[]> {
    const simulation = new Simulation({
      world,
      workspace,
      people,
      mutate,
      ...(crashesAfter && { crashPoints: [{ call: crashesAfter, when: 'after' as const }] }),
    });
    try {
      await run(simulation);
      await simulation.settle();
      return [...new Set((await simulation.judge()).violations.map(({ promise }) => promise))];
    } finally {
      await world.db.pool.query('delete from action_events where workspace_id = $1', [workspace.id]);
      await world.db.pool.query('delete from actions where workspace_id = $1', [workspace.id]);
      simulation.close();
    }
  }

  /** Drops the table's CHECKs until the end of the test. */
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

  it.each(MUTANTS)('catches $bug', async (mutant) => {
    const found = () => broken(mutant, mutant.mutate);
    expect(await (mutant.unchecked ? unchecked(found) : found())).toContain(mutant.breaks);
  });

  it.each(MUTANTS.filter((mutant) => mutant.unchecked))(
    'is stopped by the CHECKs of the table from $bug',
    async (mutant) => {
      await expect(broken(mutant, mutant.mutate)).rejects.toMatchObject({ code: '23514' });
    },
  );

  it.each(MUTANTS)('reports nothing in the same scenario without $bug', async (mutant) => {
    expect(await broken(mutant, (worker) => worker)).toEqual(mutant.anyway ?? []);
  });
});
