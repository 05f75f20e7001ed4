import { readFileSync } from 'node:fs';
import {
  createAction,
  decideAction,
  execute,
  MEASURE_BACKLOG,
  MEASURE_DELIVERIES,
  openDatabase,
  rejectAction,
  type Context,
  type Worker,
} from '@proviso/core';
import { openWorld, until, type TestWorkspace, type World } from '@proviso/testing';
import { openMetrics, type Metrics } from '@proviso/metrics';
import { parseAllDocuments } from 'yaml';

/** A sample by its name and labels as they are written; undefined = there is none. */
const sampleIn = (text: string, name: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
};

/** What KEDA scales the workers by. */
function kedaQuery(): string {
  const documents = parseAllDocuments(readFileSync('ops/k8s/worker-scaling.yaml', 'utf8'));
  return documents.at(-1)?.getIn(['spec', 'triggers', 0, 'metadata', 'query']) as string;
}

describe('the metrics of a process', () => {
  let world: World;
  let workspace: TestWorkspace;
  let owner: Context;
  let worker: Worker;
  let metrics: Metrics;
  const type = 'probe_at_most_once';
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.db.pool.query('truncate actions, pauses cascade');
    workspace = await world.workspace();
    owner = await workspace.as({});
    worker = world.worker();
    metrics = openMetrics(worker, 0);
  });
  afterEach(() => metrics.close());

  const propose = (params: object = {}, more: object = {}) =>
    createAction(owner, { type, identity_id: workspace.identityId, params, ...more });
  const sample = async (name: string): Promise<number | undefined> => sampleIn(await metrics.text(), name);

  it('count what waits by type, with the age of the oldest, and measure how long a decision took', async () => {
    const waiting = await Promise.all([1, 2, 3].map(() => propose({}, { require_approval: true })));
    await world.db.pool.query("update actions set asked_at = asked_at - interval '2 minutes'");
    expect(await sample(`proviso_waiting_actions{type="${type}"}`)).toBe(3);
    expect(await sample(`proviso_waiting_oldest_seconds{type="${type}"}`)).toBeGreaterThanOrEqual(120);
    expect(await sample(`proviso_review_arrivals_total{type="${type}"}`)).toBe(3);
    await decideAction(owner, waiting[0]?.id ?? '', { action: 'approve' });
    await rejectAction(owner, waiting[1]?.id ?? '', {});
    const text = await metrics.text();
    expect(sampleIn(text, `proviso_waiting_actions{type="${type}"}`)).toBe(1);
    expect(sampleIn(text, `proviso_decisions_total{type="${type}",decision="approved"}`)).toBe(1);
    expect(sampleIn(text, `proviso_decisions_total{type="${type}",decision="rejected"}`)).toBe(1);
    expect(sampleIn(text, `proviso_decision_seconds_bucket{le="60",type="${type}"}`)).toBe(0);
    expect(sampleIn(text, `proviso_decision_seconds_bucket{le="300",type="${type}"}`)).toBe(2);
  });

  it('say what is due and not started, and for how long; what is scheduled for later is not due', async () => {
    await propose();
    await propose({}, { scheduled_time: '2099-01-01T00:00:00Z' });
    await world.db.pool.query("update actions set due_at = due_at - interval '90 seconds' where due_at < now()");
    expect(await sample('proviso_due_actions')).toBe(1);
    expect(await sample('proviso_due_oldest_seconds')).toBeGreaterThanOrEqual(90);
    expect((await world.db.pool.query(kedaQuery())).rows).toEqual([{ count: '1' }]);
  });

  it.each<[string, object, string, string]>([
    ['completed', {}, 'completed', ''],
    ['refused', { outcome: 'refused' }, 'failed', 'provider_refused'],
    ['unknown', { outcome: 'unknown' }, 'failed', 'outcome_unknown'],
    ['to be retried', { outcome: 'retry' }, 'retried', ''],
    ['not yet possible', { guard: 'later' }, 'postponed', ''],
    ['stale', { guard: 'stale' }, 'returned_to_review', 'stale'],
  ])(
    'count a run that is %s by type, outcome and code, and measure its time and its lag',
    async (_, params, outcome, code) => {
      const { id } = await propose(params);
      await execute(worker, id);
      const text = await metrics.text();
      expect(sampleIn(text, `proviso_runs_total{type="${type}",outcome="${outcome}",code="${code}"}`)).toBe(1);
      expect(sampleIn(text, `proviso_run_seconds_count{type="${type}"}`)).toBe(1);
      expect(sampleIn(text, `proviso_dispatch_lag_seconds_count{type="${type}"}`)).toBe(1);
      expect(sampleIn(text, 'proviso_unknown_outcomes')).toBe(code === 'outcome_unknown' ? 1 : 0);
      expect(sampleIn(text, `proviso_review_arrivals_total{type="${type}"}`)).toBe(code === 'stale' ? 1 : 0);
    },
  );

  it('count a lost lease', async () => {
    const slow = world.worker({ heartbeatMs: 50, leaseMs: 500 });
    const { id } = await propose({ outcome: 'hang' });
    const running = execute(slow, id);
    await until('it runs', () => slow.leases.count() === 1);
    await world.setAction(id, 'fence = fence + 1');
    await until('the loss', async () => (await sample(`proviso_lease_losses_total{type="${type}"}`)) === 1);
    await running;
  });

  it('give all types that workspaces register one name, so that their number does not grow with tenants', async () => {
    const { id } = await propose({}, { require_approval: true });
    await world.setAction(id, "type = 'named_by_a_tenant'");
    const text = await metrics.text();
    expect(sampleIn(text, 'proviso_waiting_actions{type="tool"}')).toBe(1);
    expect(text).not.toContain('named_by_a_tenant');
  });

  it('count nothing that was rolled back', async () => {
    const { id } = await propose({}, { require_approval: true });
    const rolledBack = world.db.transaction(async (tx) => {
      await rejectAction({ ...owner, db: { ...owner.db, ...tx } }, id, {});
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await metrics.text()).not.toContain('decision="rejected"');
    await world.db.transaction((tx) => rejectAction({ ...owner, db: { ...owner.db, ...tx } }, id, {}));
    expect(await sample(`proviso_decisions_total{type="${type}",decision="rejected"}`)).toBe(1);
  });

  it('count nothing after they are closed', async () => {
    metrics.close();
    await propose({}, { require_approval: true });
    expect(await sample(`proviso_review_arrivals_total{type="${type}"}`)).toBe(0);
  });

  it('ask the database once per period, however many scrape', async () => {
    const asked: string[] = [];
    const query: typeof world.db.query = (statement, params) => {
      asked.push(statement.name);
      return world.db.query(statement, params);
    };
    const own = openMetrics({ ...world, db: { ...world.db, query } }, 60_000);
    await Promise.all(Array.from({ length: 20 }, () => own.text()));
    await own.text();
    own.close();
    expect(asked).toEqual([MEASURE_BACKLOG.name, MEASURE_DELIVERIES.name]);
  });

  it('find what they count with partial indexes, not by reading the table', async () => {
    const client = await world.db.pool.connect();
    const ask = async (text: string) => (await client.query<{ 'QUERY PLAN': string }>(text)).rows;
    const rows = await ask('set enable_seqscan = off')
      .then(async () => [...(await ask(`explain ${MEASURE_BACKLOG.text}`)), ...(await ask(`explain ${kedaQuery()}`))])
      .finally(() => client.release(true));
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan on actions');
    for (const index of ['actions_waiting', 'actions_due', 'actions_unknown']) expect(plan).toContain(` ${index} `);
  });

  it('say that the database is away, and then nothing about what is in it', async () => {
    await propose({}, { require_approval: true });
    const db = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', poolMax: 1 });
    const own = openMetrics({ ...world, db }, 0);
    const text = await own.text();
    own.close();
    await db.close();
    expect(sampleIn(text, 'proviso_database_up')).toBe(0);
    expect(sampleIn(text, 'proviso_queue_up')).toBe(1);
    expect(sampleIn(text, 'proviso_due_actions')).toBeUndefined();
    expect(text).not.toContain('proviso_waiting_actions{');
  });
});
