// Every metric of Proviso, in one list. docs/metrics.md is generated from it, and alerts and dashboards are checked
// against it.

interface Definition {
  name: string;
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** In seconds. */
  buckets?: readonly number[];
  /** What OpenTelemetry's conventions call it, if they have it. */
  otel?: string;
}

const FAST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RUN = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** From ten seconds to a week. */
const REVIEW = [10, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800];

export const METRICS = [
  {
    name: 'proviso_waiting_actions',
    kind: 'gauge',
    help: 'Actions that wait for a person, up to 10 000 of each type.',
    labels: ['type'],
  },
  {
    name: 'proviso_waiting_oldest_seconds',
    kind: 'gauge',
    help: 'How long the oldest of them has waited, since it first waited for a person.',
    labels: ['type'],
  },
  {
    name: 'proviso_review_arrivals_total',
    kind: 'counter',
    help: 'Actions that came to wait for a person.',
    labels: ['type'],
  },
  {
    name: 'proviso_decisions_total',
    kind: 'counter',
    help: 'Actions that stopped waiting: approved, rejected, cancelled or expired.',
    labels: ['type', 'decision'],
  },
  {
    name: 'proviso_decision_seconds',
    kind: 'histogram',
    help: 'From when an action first waited for a person until it was approved or rejected.',
    labels: ['type'],
    buckets: REVIEW,
  },
  {
    name: 'proviso_due_actions',
    kind: 'gauge',
    help: 'Cleared actions that are due and have not started, up to 10 000. Paused ones count.',
    labels: [],
  },
  {
    name: 'proviso_due_oldest_seconds',
    kind: 'gauge',
    help: 'How long the oldest of them has been due.',
    labels: [],
  },
  {
    name: 'proviso_pauses',
    kind: 'gauge',
    help: 'Pauses in force: of the instance, of a workspace, of an agent or of a type.',
    labels: [],
  },
  {
    name: 'proviso_dispatch_held',
    kind: 'gauge',
    help: '1 while nothing starts because the database may have been restored, else 0.',
    labels: [],
  },
  {
    name: 'proviso_unknown_outcomes',
    kind: 'gauge',
    help: 'Actions that may have happened, and that nobody has confirmed, up to 10 000.',
    labels: [],
  },
  {
    name: 'proviso_dispatch_lag_seconds',
    kind: 'histogram',
    help: 'From when an action was due until a process claimed it.',
    labels: ['type'],
    buckets: FAST,
  },
  {
    name: 'proviso_run_seconds',
    kind: 'histogram',
    help: 'From the claim of an action until the end of its run was recorded.',
    labels: ['type'],
    buckets: RUN,
    otel: '`messaging.process.duration`; for `mcp_tool_call`, `mcp.client.operation.duration`',
  },
  {
    name: 'proviso_runs_total',
    kind: 'counter',
    help: 'Recorded runs. `outcome`: completed, failed, retried, postponed or returned_to_review. `code`: the status reason, or empty.',
    labels: ['type', 'outcome', 'code'],
    otel: '`messaging.client.consumed.messages`',
  },
  {
    name: 'proviso_running_actions',
    kind: 'gauge',
    help: 'Actions that this worker runs.',
    labels: [],
  },
  {
    name: 'proviso_lease_losses_total',
    kind: 'counter',
    help: 'Running actions whose lease this process lost.',
    labels: ['type'],
  },
  {
    name: 'proviso_sweeps_total',
    kind: 'counter',
    help: 'Passes of the sweeps. `result`: ok or failed.',
    labels: ['sweep', 'result'],
  },
  {
    name: 'proviso_sweep_found_total',
    kind: 'counter',
    help: 'What the sweeps found: due actions that they started, lost ones that they recovered, expired ones that they ended.',
    labels: ['sweep'],
  },
  {
    name: 'proviso_webhook_attempts_total',
    kind: 'counter',
    help: 'Attempts of this worker to deliver an event. `outcome`: delivered, retried (it is sent again later) or failed (it is given up).',
    labels: ['outcome'],
    otel: '`messaging.client.sent.messages`',
  },
  {
    name: 'proviso_webhook_oldest_pending_seconds',
    kind: 'gauge',
    help: 'The age of the oldest event that an enabled webhook has not got.',
    labels: [],
  },
  {
    name: 'proviso_redacted_actions_total',
    kind: 'counter',
    help: 'Actions whose content this worker redacted because of a workspace’s settings.',
    labels: [],
  },
  {
    name: 'proviso_deleted_actions_total',
    kind: 'counter',
    help: 'Actions that this worker deleted with their events because of a workspace’s settings.',
    labels: [],
  },
  {
    name: 'proviso_retention_overdue_seconds',
    kind: 'gauge',
    help: 'How late the oldest action was to be redacted or deleted when this worker last looked; 0 if none was. Legal holds do not count.',
    labels: [],
  },
  {
    name: 'proviso_http_request_seconds',
    kind: 'histogram',
    help: 'Requests by the pattern of their route; `other` is every address that is not an operation of the API. Without event streams.',
    labels: ['method', 'route', 'status'],
    buckets: FAST,
    otel: '`http.server.request.duration`',
  },
  {
    name: 'proviso_database_up',
    kind: 'gauge',
    help: '1 if PostgreSQL answered this process at the last measurement, else 0.',
    labels: [],
  },
  {
    name: 'proviso_queue_up',
    kind: 'gauge',
    help: '1 if the queue answered this process at the last measurement, else 0; then sweeps start the work.',
    labels: [],
  },
  {
    name: 'proviso_database_connections',
    kind: 'gauge',
    help: 'Connections of the process’s pool. `state`: idle or used.',
    labels: ['state'],
    otel: '`db.client.connection.count`',
  },
  {
    name: 'proviso_database_waiting_statements',
    kind: 'gauge',
    help: 'Statements that wait for a connection.',
    labels: [],
    otel: '`db.client.connection.pending_requests`',
  },
] as const satisfies readonly Definition[];

export type MetricName<Kind extends Definition['kind']> = Extract<(typeof METRICS)[number], { kind: Kind }>['name'];
