// What waits, for /metrics. Each count stops at a limit, so that the statement is fast on any table. Held by
// packages/metrics/test/metrics.test.ts.
import type { Status } from '@proviso/contracts';
import { statement, type NoParams } from '../../platform/statement.ts';
import { IS_CLEARED } from './fragments.ts';

/** A count stops here. */
export const BACKLOG_COUNT_MAX = 10_000;
/** A workspace registers types of its own, so there may be many. */
const TYPES_MAX = 500;

export interface BacklogRow {
  kind: 'waiting' | 'due' | 'unknown' | 'pauses';
  /** Null unless `kind` is waiting. */
  type: string | null;
  /** At most BACKLOG_COUNT_MAX. */
  count: number;
  /** The age of the oldest; null if there is none. */
  seconds: number | null;
}

const WAITING = `status = '${'pending_approval' satisfies Status}'`;
const UNKNOWN = `status = 'failed' and status_reason = 'outcome_unknown'`;
const counted = (where: string): string =>
  `(select count(*)::int from (select from actions where ${where} limit ${BACKLOG_COUNT_MAX}) found)`;
const age = (column: string, where: string): string =>
  `(select extract(epoch from statement_timestamp() - min(${column}))::float8 from actions where ${where})`;
const IS_DUE = `${IS_CLEARED} and due_at <= statement_timestamp()`;

/** What waits for a person, by type; what is due and not started; what has an unknown outcome; how many pauses there are. */
export const MEASURE_BACKLOG = statement<NoParams, BacklogRow>(
  'action_measure_backlog',
  `
    with recursive types(type, step) as (
      (select type, 1 from actions where ${WAITING} order by type limit 1)
      union all
      select next.type, step + 1 from types cross join lateral (
        select type from actions where ${WAITING} and type > types.type order by type limit 1) next
      where step < ${TYPES_MAX}
    )
    select 'waiting' as kind, type, ${counted(`${WAITING} and actions.type = types.type`)} as count,
      ${age('asked_at', `${WAITING} and actions.type = types.type`)} as seconds
    from types
    union all
    select 'due', null, ${counted(IS_DUE)}, ${age('due_at', IS_DUE)}
    union all
    select 'unknown', null, ${counted(UNKNOWN)}, ${age('completed_at', UNKNOWN)}
    union all
    select 'pauses', null, (select count(*)::int from pauses), null`,
);
