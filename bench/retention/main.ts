// npm run bench:retention: how fast ended actions are redacted and deleted, and what that costs those who create some.
import { parseArgs } from 'node:util';
import { applyRetention, createAction, type Context } from '@proviso/core';
import { openWorld, type World } from '@proviso/testing';

const PROPOSAL = {
  type: 'probe_idempotent',
  params: { say: 'x'.repeat(500) },
  description: 'She asked for it.',
  require_approval: true,
};
const DAY = `interval '24 hours'`;
/** Between two creates. */
const CREATE_EVERY_MS = 20;

/** Fills `--actions` ended actions in bulk, then prints rows per second of both, and the p99 of creates with and without. */
export async function benchRetention(args: string[]): Promise<void> {
  const { actions } = parseArgs({ args, options: { actions: { type: 'string', default: '100000' } } }).values;
  const world = await openWorld();
  try {
    const workspace = await world.workspace();
    const owner = await workspace.as({});
    const propose = () => createAction(owner, { ...PROPOSAL, identity_id: workspace.identityId });
    print('creates alone', `p99 ${(await p99Of(propose, 5_000)).toFixed(1)} ms`);
    await fill(world, owner, (await propose()).id, Number(actions));
    await measure(world, owner, 'redacted', { params_days: 3, actions_days: null }, propose);
    await measure(world, owner, 'deleted', { params_days: 3, actions_days: 3 }, propose);
  } finally {
    await world.close();
  }
}

const print = (name: string, value: string): void => void process.stdout.write(`${name.padEnd(20)}${value}\n`);

/** Copies one action, as if each copy had been rejected ten days ago. */
async function fill({ db, databaseUrl }: World, { caller }: Context, id: string, count: number): Promise<void> {
  const started = performance.now();
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const at = `clock_timestamp() - 10 * ${DAY}`;
  for (let left = count; left > 0; left -= 10_000)
    await client.query(
      `with copied as (
         insert into actions select copy.* from actions a, generate_series(1, $2::int) n, jsonb_populate_record(a,
           jsonb_build_object('n', n, 'id', gen_random_uuid(), 'status', 'rejected', 'version', 2, 'created_at', ${at},
             'updated_at', ${at}, 'completed_at', ${at})) copy
         where a.id = $1 returning id, workspace_id, created_by)
       insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
       select id, v, workspace_id, case v when 1 then 'action.created' else 'action.rejected' end, 'rejected', created_by,
         '{"via": "bench", "comment": "No."}', ${at} from copied, generate_series(1, 2) v`,
      [id, Math.min(left, 10_000)],
    );
  await client.query('vacuum analyze actions');
  await client.query('vacuum analyze action_events');
  await client.end();
  const { rows } = await db.pool.query<{ count: number }>('select count(*)::int from actions where workspace_id = $1', [
    caller.workspaceId,
  ]);
  print('filled', `${rows[0]?.count} actions in ${Math.round((performance.now() - started) / 1000)} s`);
}

async function measure(
  world: World,
  { caller }: Context,
  name: string,
  retention: object,
  propose: () => Promise<unknown>,
): Promise<void> {
  const changes = JSON.stringify({ retention });
  await world.db.pool.query('update workspaces set settings = $2 where id = $1', [caller.workspaceId, changes]);
  let isDone = false;
  const started = performance.now();
  const meanwhile = p99Of(propose, Infinity, () => isDone);
  let sum = 0;
  for (let count = -1; count !== 0; sum += Math.max(count, 0)) count = await applyRetention(world);
  isDone = true;
  const seconds = (performance.now() - started) / 1000;
  print(
    name,
    `${sum} actions, ${Math.round(sum / seconds)}/s; creates meanwhile: p99 ${(await meanwhile).toFixed(1)} ms`,
  );
}

async function p99Of(work: () => Promise<unknown>, forMs: number, isDone = (): boolean => false): Promise<number> {
  const times: number[] = [];
  const ends = performance.now() + forMs;
  while (performance.now() < ends && !isDone()) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, CREATE_EVERY_MS));
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
}
