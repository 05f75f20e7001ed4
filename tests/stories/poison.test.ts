import { until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

const CRASHES_MAX = 3;
/** The lease that startWorker sets. */
const LEASE_MS = 3_000;
/** How each ends if its effect has not begun; otherwise its outcome is unknown, whatever it did. */
const ENDS = {
  poison_hang: 'timed_out',
  poison_block: 'crashed',
  poison_exit: 'crashed',
  poison_allocate: 'crashed',
  poison_throw: 'attempts_exhausted',
  poison_garbage: 'attempts_exhausted',
};

// Only on PostgreSQL: which queue wakes a worker does not matter for what a dead process leaves behind.
describe('a fleet with poison actions', () => {
  const over = new AbortController();
  let supervisors: Promise<unknown> = Promise.resolve();
  const ends: { code: number | null; output: string }[] = [];
  afterEach(() => over.abort()); // before the fleet is killed
  const fleet = useFleet({
    env: {
      PROVISO_EXECUTORS: './tests/stories/poison-executors.js',
      PROVISO_CONCURRENCY: '8',
      PROVISO_SWEEP_MS: '500',
      NODE_OPTIONS: '--max-old-space-size=128',
    },
  });
  afterEach(() => supervisors);

  /** Starts another worker whenever one has ended. */
  async function supervise(): Promise<void> {
    while (!over.signal.aborted) {
      const worker = await fleet.startWorker().catch((error: Error) => error);
      if (worker instanceof Error) {
        ends.push({ code: null, output: worker.message }); // a poison action ended it before it answered
        continue;
      }
      if (over.signal.aborted) return worker.kill();
      const code = await worker.ended();
      if (!over.signal.aborted) ends.push({ code, output: worker.output() });
    }
  }

  it('runs all good actions, and ends each poison action as its delivery guarantee says', async () => {
    const api = await fleet.startApi();
    const owner = await fleet.client(api);
    const propose = async (items: { type: string; params: object }[]): Promise<void> => {
      const body = items.map((item) => ({ ...item, identity_id: fleet.workspace.identityId }));
      const reply = await owner<{ failed: unknown[] }>('POST', '/v1/actions/bulk', { actions: body });
      expect(reply).toMatchObject({ status: 200, body: { failed: [] } });
    };
    const good = Array.from({ length: 20 }, () => ({ type: 'good', params: {} }));
    const poison = Object.keys(ENDS).map((type) => ({ type, params: { begins: false } }));
    const begun = ['poison_hang', 'poison_exit', 'poison_throw', 'poison_garbage'];
    await propose([...poison, ...begun.map((type) => ({ type, params: { begins: true } })), ...good]);
    supervisors = Promise.all([supervise(), supervise()]);
    const open = (type: string | { not: string }): Promise<number> =>
      fleet.countActions({ type, status: { notIn: ['completed', 'failed'] } });
    await until(
      'every poison to end',
      async () => {
        if ((await open('good')) < 10) await propose(good); // there is always something beside it
        return (await open({ not: 'good' })) === 0;
      },
      180_000,
    );
    await until('all that is good to end', async () => (await open('good')) === 0, 60_000);

    const all = await fleet.actions();
    for (const { type, params, status, status_reason } of all) {
      const begins = (params as { begins?: boolean }).begins;
      const reason = begins ? 'outcome_unknown' : ENDS[type as keyof typeof ENDS];
      expect({ type, begins, status, status_reason }).toEqual(
        type === 'good'
          ? { type, begins, status: 'completed', status_reason: null }
          : { type, begins, status: 'failed', status_reason: reason },
      );
    }
    // Not `crashes`: a worker that adopted an action may be killed by another one before it gives the first one up.
    const requeued = await fleet.db.tables.action_events.groupBy({
      by: ['action_id'],
      where: { event: 'action.requeued' },
      _count: true,
    });
    expect(Math.max(...requeued.map(({ _count }) => _count))).toBeLessThan(CRASHES_MAX);
    for (const said of ['the loop has been blocked', 'heap out of memory'])
      expect(ends.some(({ output }) => output.includes(said))).toBe(true);
    expect(ends.some(({ code }) => code === 1)).toBe(true);
    // The others continued.
    const isGood = ({ type }: { type: string }): boolean => type === 'good';
    const poisonEnds = all.filter((row) => !isGood(row)).map(({ completed_at }) => Number(completed_at));
    const between = all.filter((row) => isGood(row) && Number(row.completed_at) < Math.max(...poisonEnds));
    process.stdout.write(
      `${ends.length} workers lost; ${between.length} good actions done before the last poison ended\n`,
    );
    expect(between.length).toBeGreaterThan(2 * good.length);
  }, 300_000);

  it('does not mistake a suspended process for a blocked one', async () => {
    const worker = await fleet.startWorker();
    const halted = performance.now();
    worker.signal('SIGSTOP');
    await until('more than a lease', () => performance.now() - halted > 1.5 * LEASE_MS);
    worker.signal('SIGCONT');
    const resumed = performance.now();
    await until('more than a lease again', () => performance.now() - resumed > 1.5 * LEASE_MS);
    expect(await worker.stop()).toBe(0);
  }, 60_000);
});
