import { setTimeout as sleep } from 'node:timers/promises';
import { parseId } from '@proviso/core';
import { backends, clientOf, until, type TestWorkspace } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { DEFAULT_TIMES } from './default-times.ts';

/** Whole: the promised 50 000 due actions, and runs of 55 s. */
const WHOLE = process.env.PROVISO_TEST_FAIRNESS === 'whole';
const BACKLOG = WHOLE ? 50_000 : 5_000;
const LONG_MS = WHOLE ? 55_000 : 10_000;
const SINGLES = WHOLE ? 50 : 10;
const EVERY_MS = 200;
/** The promise is two seconds, on an idle machine. */
const LATE_MS_MAX = 5_000;
const SLOTS = 16;
const LONG_TYPES = ['long_a', 'long_b', 'long_c', 'long_d'];
const CHUNK = 1_000;

describe.each(backends())('one worker $name with a busy workspace', ({ redisUrl }) => {
  const fleet = useFleet({
    redisUrl,
    env: {
      ...DEFAULT_TIMES,
      PROVISO_EXECUTORS: './tests/stories/fairness-executors.js',
      PROVISO_CONCURRENCY: String(SLOTS),
    },
  });
  let greedy: TestWorkspace;
  let modest: TestWorkspace;
  beforeEach(async () => {
    await fleet.db.pool.query('truncate actions, action_events cascade');
    [greedy, modest] = [await fleet.world.workspace(), await fleet.world.workspace()];
  });

  /** Proposes one action per call, and returns its id in the database. */
  const proposerIn = async (api: { url: string }, workspace: TestWorkspace, type: string, params: object) => {
    const owner = clientOf(api.url, await workspace.token({}));
    return async (): Promise<string> => {
      const body = { type, params, identity_id: workspace.identityId };
      const reply = await owner<{ action_id: string }>('POST', '/v1/actions', body);
      expect(reply.status).toBe(200);
      return parseId('action', reply.body.action_id) as string;
    };
  };

  /** Creates more actions like this one, all due, all with a wake-up. */
  async function multiply(id: string, count: number): Promise<void> {
    for (let left = count; left > 0; left -= CHUNK) {
      const { rows } = await fleet.db.pool.query<{ id: string }>(
        `insert into actions select r.* from actions a
         cross join generate_series(1, $2::int) n cross join lateral jsonb_populate_record(a,
           jsonb_build_object('id', gen_random_uuid(), 'due_at', clock_timestamp() + n * interval '1 us', 'created_at', clock_timestamp())) r
         where a.id = $1
         returning id`,
        [id, Math.min(left, CHUNK)],
      );
      await fleet.world.queue.board.addBulk(
        rows.map((row) => ({ name: 'execute', data: { actionId: row.id }, opts: { jobId: `${row.id}-1` } })),
      );
    }
  }

  /** How late each of them starts, by the database's clock, in ms, sorted. */
  async function lateness(create: () => Promise<string>): Promise<number[]> {
    for (let made = 0; made < SINGLES; made += 1) {
      await create();
      await sleep(EVERY_MS);
    }
    const mine = { workspace_id: modest.id };
    await until(
      'each single action to start',
      async () => (await fleet.db.tables.actions.count({ where: { ...mine, started_at: null } })) === 0,
      WHOLE ? 300_000 : 60_000,
    );
    const rows = await fleet.db.tables.actions.findMany({ where: mine });
    return rows.map(({ started_at, created_at }) => Number(started_at) - Number(created_at)).toSorted((a, b) => a - b);
  }
  const say = (what: string, late: number[]): void => {
    const at = (part: number): number => late[Math.ceil(part * late.length) - 1] as number;
    process.stdout.write(
      `${redisUrl ? 'redis' : 'postgres'}: beside ${what}, a single action starts after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, of ${late.length}\n`,
    );
  };
  const runningOf = ({ id }: TestWorkspace): Promise<number> =>
    fleet.db.tables.actions.count({ where: { workspace_id: id, status: 'running' } });

  it(`starts single actions of another workspace at once, with ${BACKLOG} due actions waiting`, async () => {
    const api = await fleet.startApi();
    const single = await proposerIn(api, modest, 'quick', {});
    const propose = await proposerIn(api, greedy, 'quick', {});
    await multiply(await propose(), BACKLOG);
    await fleet.db.pool.query('analyze actions');
    await fleet.startWorker();
    const late = await lateness(single);
    say(`${BACKLOG} that are due`, late);
    expect(late.at(-1)).toBeLessThan(LATE_MS_MAX);
    expect(
      await fleet.db.tables.actions.count({ where: { workspace_id: greedy.id, started_at: null } }),
    ).toBeGreaterThan(0);
  }, 600_000);

  it(`starts them at once while runs of ${LONG_MS / 1_000} s have every slot, and takes none of those slots`, async () => {
    const api = await fleet.startApi();
    for (const type of LONG_TYPES) {
      const propose = await proposerIn(api, greedy, type, { ms: LONG_MS });
      await multiply(await propose(), 49);
    }
    await fleet.startWorker();
    await until('every slot to be taken', async () => (await runningOf(greedy)) === SLOTS, 30_000);
    const late = await lateness(await proposerIn(api, modest, 'quick', {}));
    say(`200 that take ${LONG_MS / 1_000} s`, late);
    expect(late.at(-1)).toBeLessThan(LATE_MS_MAX);
    expect(await runningOf(greedy)).toBe(SLOTS);
  }, 600_000);
});
