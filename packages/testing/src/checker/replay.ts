import { CLEARED, isTerminal, type JsonObject, type Status } from '@proviso/contracts';
import { LIFECYCLE, type ActionEvent, type ActionRow, type Move } from '@proviso/core';

/** The state of an action, computed from its log alone. */
interface Replayed {
  status: Status;
  version: number;
  statusBeforeRun: Status | null;
  attempts: number;
  fence: number;
  started: boolean;
  decision: string | null;
  edits: JsonObject | null;
  hash: string | null;
  /** For a failed action. */
  failure: JsonObject | null;
}

/** Replays a log by the lifecycle table. Returns impossible steps, and differences from the row. */
export function replay(row: ActionRow, events: readonly ActionEvent[]): string[] {
  const [created, ...moves] = events;
  if (!created) return ['there is no log'];
  const faults: string[] = [];
  if (created.event !== 'action.created') faults.push(`the log begins with ${created.event}`);
  if (!['pending_approval', ...CLEARED].includes(created.status)) faults.push(`created as ${created.status}`);
  const log: Replayed = { ...BLANK, status: created.status };
  for (const event of moves) faults.push(...step(log, event));
  for (const { workspace_id, event } of events)
    if (workspace_id !== row.workspace_id) faults.push(`${event} stands in another workspace`);
  return [...faults, ...differences(log, row)];
}

const BLANK: Omit<Replayed, 'status'> = {
  version: 1,
  statusBeforeRun: null,
  attempts: 0,
  fence: 0,
  started: false,
  decision: null,
  edits: null,
  hash: null,
  failure: null,
};

/** Moves `log` by one event. */
function step(log: Replayed, { version, event, status, data }: ActionEvent): string[] {
  const faults: string[] = [];
  const entry = `${event} at version ${version}`;
  const target = LIFECYCLE[log.status][event as Move];
  const to = target === 'status_before_run' ? log.statusBeforeRun : target;
  if (version !== log.version + 1) faults.push(`${entry} follows version ${log.version}`);
  if (!to) faults.push(`${entry} came when it was ${log.status}`);
  else if (to !== status) faults.push(`${entry} led to ${status} instead of ${to}`);
  if (event === 'action.claimed') {
    log.statusBeforeRun = log.status;
    log.attempts += 1;
    log.started = true;
    if (data.attempt !== log.attempts) faults.push(`${entry} calls itself attempt ${JSON.stringify(data.attempt)}`);
    if (Number(data.fence) <= log.fence) faults.push(`${entry} did not raise the fence`);
    log.fence = Number(data.fence);
  }
  if (event === 'action.retried' && data.counted === false) log.attempts -= 1;
  if (event === 'action.returned_to_review' || event === 'action.recalled')
    Object.assign(log, { attempts: 0, decision: null, edits: null, hash: null });
  if (event === 'action.updated' && changes(data, 'params', 'identity_id'))
    Object.assign(log, { decision: null, edits: null, hash: null });
  if (event === 'action.updated' && changes(data, 'scheduled_time')) log.hash = null; // made again, and not in the log
  if (event === 'action.approved' || event === 'action.rejected') {
    log.decision = data.decision as string;
    log.edits = (data.edits as JsonObject | null | undefined) ?? null;
    log.hash = (data.params_hash as string | undefined) ?? null;
  }
  if (event === 'action.failed') log.failure = data;
  log.status = status;
  log.version = version;
  return faults;
}

const changes = (data: JsonObject, ...fields: string[]): boolean =>
  typeof data.changes === 'object' && data.changes !== null && fields.some((field) => field in Object(data.changes));

function differences(log: Replayed, row: ActionRow): string[] {
  const pairs: [string, unknown, unknown][] = [
    ['status', log.status, row.status],
    ['version', log.version, row.version],
    ['attempts', log.attempts, row.attempts],
    ['started', log.started, row.started_at !== null],
    ['ended', isTerminal(log.status), row.completed_at !== null],
    ['lease', log.status === 'running', row.lease_until !== null],
    ['decision', log.decision, row.approval?.decision ?? null],
    ['edits', JSON.stringify(log.edits), JSON.stringify(row.user_edits)],
    ['failure', log.failure?.code ?? null, row.error?.code ?? null],
  ];
  if (log.hash !== null) pairs.push(['approved hash', log.hash, row.cleared_hash]);
  if (log.failure) pairs.push(['reason', log.failure.code, row.status_reason]);
  const faults = pairs.flatMap(([what, logged, stands]) =>
    logged === stands ? [] : [`${what} is ${String(stands)}; by the log it is ${String(logged)}`],
  );
  return row.fence < log.fence ? [...faults, `the fence is ${row.fence}; the log knows ${log.fence}`] : faults;
}
