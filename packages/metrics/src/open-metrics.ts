// The metrics of one process, for Prometheus. It listens to core's diagnostics, so a process that serves no metrics
// pays nothing. Held by metrics.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  actionMoved,
  atMostEvery,
  forProcess,
  leaseLost,
  MEASURE_BACKLOG,
  MEASURE_DELIVERIES,
  retentionPassed,
  runRecorded,
  runStarted,
  sweepPassed,
  webhookAttempted,
  type ActionRow,
  type Services,
  type Worker,
} from '@proviso/core';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createInstruments, type Instruments } from './instruments.ts';

/** How often the backlog is measured in the database, however often somebody scrapes. */
const MEASURE_MS = 15_000;

/** A scrape does not wait longer for the database. */
const ANSWER_MS = 3_000;

interface ServedRequest {
  method: string;
  /** The pattern of the route; never the address, which holds ids. */
  route: string;
  status: number;
  seconds: number;
}

export interface Metrics {
  contentType: string;
  /** In Prometheus's text format. */
  text(): Promise<string>;
  countRequest(request: ServedRequest): void;
  close(): void;
}

type Measured = Pick<Services, 'db' | 'queue' | 'epoch' | 'executors'> & Partial<Pick<Worker, 'leases'>>;

/** `measureMs` is for tests. */
export function openMetrics(services: Measured, measureMs = MEASURE_MS): Metrics {
  const registry = new Registry();
  const instruments = createInstruments(registry);
  collectDefaultMetrics({ register: registry });
  const known = new Set(services.executors.types());
  // A workspace may register any number of types: they share one name.
  const typeOf = (type: string): string => (known.has(type) ? type : 'tool');
  // From zero, so that the first one is an increase.
  for (const type of [...known, 'tool']) {
    instruments.counters.proviso_lease_losses_total.inc({ type }, 0);
    instruments.counters.proviso_review_arrivals_total.inc({ type }, 0);
  }
  for (const outcome of ['delivered', 'retried', 'failed'])
    instruments.counters.proviso_webhook_attempts_total.inc({ outcome }, 0);
  const subscriptions = subscribe(instruments, typeOf);
  const measure = atMostEvery(measureMs, () => measureBacklog(services, instruments, typeOf));
  return {
    contentType: registry.contentType,
    text: async () => {
      measureProcess(services, instruments);
      await measure();
      return registry.metrics();
    },
    countRequest: ({ seconds, ...labels }) =>
      instruments.histograms.proviso_http_request_seconds.observe(labels, seconds),
    close: () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
}

function subscribe({ counters, gauges, histograms }: Instruments, typeOf: (type: string) => string): (() => void)[] {
  const since = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1000);
  return [
    actionMoved.subscribe(({ event, from, action }) => {
      const type = typeOf(action.type);
      const waits = action.status === 'pending_approval';
      if (waits && from !== 'pending_approval') counters.proviso_review_arrivals_total.inc({ type });
      if (waits || from !== 'pending_approval') return;
      counters.proviso_decisions_total.inc({ type, decision: event.slice('action.'.length) });
      if (!action.asked_at || !(event === 'action.approved' || event === 'action.rejected')) return;
      histograms.proviso_decision_seconds.observe({ type }, since(action.asked_at, action.updated_at));
    }),
    runStarted.subscribe(({ action }) =>
      histograms.proviso_dispatch_lag_seconds.observe(
        { type: typeOf(action.type) },
        since(action.due_at, action.updated_at),
      ),
    ),
    runRecorded.subscribe(({ action, result, seconds }) => {
      const type = typeOf(action.type);
      histograms.proviso_run_seconds.observe({ type }, seconds);
      counters.proviso_runs_total.inc({ type, ...outcomeOf(action, result) });
    }),
    leaseLost.subscribe(({ action }) => counters.proviso_lease_losses_total.inc({ type: typeOf(action.type) })),
    webhookAttempted.subscribe(({ outcome }) => counters.proviso_webhook_attempts_total.inc({ outcome })),
    retentionPassed.subscribe(({ redacted, deleted, overdueSeconds }) => {
      counters.proviso_redacted_actions_total.inc(redacted);
      counters.proviso_deleted_actions_total.inc(deleted);
      gauges.proviso_retention_overdue_seconds.set(overdueSeconds);
    }),
    sweepPassed.subscribe(({ sweep, found }) => {
      counters.proviso_sweeps_total.inc({ sweep, result: found === undefined ? 'failed' : 'ok' });
      if (found) counters.proviso_sweep_found_total.inc({ sweep }, found);
    }),
  ];
}

function outcomeOf({ status, status_reason }: ActionRow, result: string): { outcome: string; code: string } {
  const code = status_reason ?? '';
  if (status === 'completed' || status === 'failed') return { outcome: status, code };
  if (status === 'pending_approval') return { outcome: 'returned_to_review', code };
  return { outcome: result === 'later' ? 'postponed' : 'retried', code: '' };
}

function measureProcess({ db, epoch, leases }: Measured, { gauges }: Instruments): void {
  const { idleCount, totalCount } = db.pool;
  gauges.proviso_database_connections.set({ state: 'idle' }, idleCount);
  gauges.proviso_database_connections.set({ state: 'used' }, totalCount - idleCount);
  gauges.proviso_dispatch_held.set(Number(epoch.hold() !== undefined));
  gauges.proviso_database_waiting_statements.set(db.waitingInAll());
  gauges.proviso_running_actions.set(leases?.count() ?? 0);
}

/** Without the database, what was measured in it is absent rather than old. */
async function measureBacklog(
  { db, queue }: Measured,
  { gauges }: Instruments,
  typeOf: (type: string) => string,
): Promise<void> {
  const soon = <Row>(measuring: () => Promise<Row[]>): Promise<Row[] | undefined> =>
    Promise.race([
      forProcess(measuring).catch(() => undefined),
      sleep(ANSWER_MS, undefined, { ref: false }).then(() => undefined),
    ]);
  const [rows, deliveries, isQueueUp] = await Promise.all([
    soon(() => db.query(MEASURE_BACKLOG, {})),
    soon(() => db.query(MEASURE_DELIVERIES, {})),
    queue.isUp(),
  ]);
  gauges.proviso_queue_up.set(Number(isQueueUp));
  gauges.proviso_database_up.set(Number(rows !== undefined));
  gauges.proviso_waiting_actions.reset();
  gauges.proviso_waiting_oldest_seconds.reset();
  gauges.proviso_due_actions.remove();
  gauges.proviso_due_oldest_seconds.remove();
  gauges.proviso_unknown_outcomes.remove();
  gauges.proviso_pauses.remove();
  gauges.proviso_webhook_oldest_pending_seconds.remove();
  if (deliveries) gauges.proviso_webhook_oldest_pending_seconds.set(deliveries[0]?.seconds ?? 0);
  const oldest = new Map<string, number>();
  for (const { kind, type, count, seconds } of rows ?? []) {
    if (kind === 'pauses') gauges.proviso_pauses.set(count);
    if (kind === 'unknown') gauges.proviso_unknown_outcomes.set(count);
    if (kind === 'due') {
      gauges.proviso_due_actions.set(count);
      gauges.proviso_due_oldest_seconds.set(seconds ?? 0);
    }
    if (kind !== 'waiting' || type === null) continue;
    const label = typeOf(type);
    gauges.proviso_waiting_actions.inc({ type: label }, count);
    oldest.set(label, Math.max(oldest.get(label) ?? 0, seconds ?? 0));
  }
  for (const [type, seconds] of oldest) gauges.proviso_waiting_oldest_seconds.set({ type }, seconds);
}
