// One statement per move. It locks the row, checks that the move is still allowed, writes the row with its event, and
// returns why it refuses. One round trip, atomic without BEGIN. Held by statements.test.ts and races.test.ts.
import type { JsonObject, Status } from '@proviso/contracts';
import { write, type Statement } from '../../platform/statement.ts';
import { PREVIOUS_STATUS, LIFECYCLE, type Move } from '../lifecycle.ts';
import { CHANGEABLE } from '../row.ts';
import { sqlList } from './fragments.ts';

const IS_CURRENT = `(given.version is null or locked.version = given.version)
        and (given.fence is null or locked.fence = given.fence)`;
const NOT_BEGUN = 'locked.effect_started_at is null';
const NOT_EXPIRED = '(locked.expires_at is null or locked.expires_at > clock_timestamp())';
const DUE = 'greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp())';
/** No hold if the action could then not start before it expires. */
const HELD = `case when option.hold_ms > 0 and (locked.expires_at is null
            or locked.expires_at > clock_timestamp() + (option.hold_ms + 60000) * interval '1 ms')
          then clock_timestamp() + option.hold_ms * interval '1 ms' end`;
const DUE_ON_APPROVAL = `case when option.due_now then clock_timestamp() else greatest(${DUE}, ${HELD}) end`;
/** A new decision gets the database's time. */
const APPROVAL = `case when change.approval is distinct from locked.approval
          then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end`;
const NOW = 'clock_timestamp()';
const RELEASED = { lease_until: 'null', lease_owner: 'null' };
const ENDED = { ...RELEASED, completed_at: NOW };

interface MoveRule {
  /** Columns that the move writes in addition to the changed ones, or instead of them. */
  set?: Record<string, string>;
  /** What else must hold, and the error code if it does not. */
  when?: string;
  otherwise?: 'BEGUN' | 'EXPIRED' | 'NOT_EXPIRED' | 'OUTCOME_KNOWN';
}

/** Back to a person: earlier attempts do not count. */
const RETURNED: MoveRule = {
  set: {
    ...RELEASED,
    attempts: '0',
    crashes: '0',
    status_before_run: 'null',
    unavailable_since: 'null',
    due_at: DUE,
    asked_at: `coalesce(locked.asked_at, ${NOW})`,
  },
  when: NOT_BEGUN,
  otherwise: 'BEGUN',
};

/** What each move writes and requires beyond the status, which LIFECYCLE decides. */
const MOVES: Record<Exclude<Move, 'action.claimed'>, MoveRule> = {
  'action.updated': {
    set: {
      due_at: `case when change.scheduled_time is not distinct from locked.scheduled_time
          then locked.due_at else ${DUE} end`,
    },
    when: NOT_BEGUN,
    otherwise: 'BEGUN',
  },
  'action.approved': { set: { due_at: DUE_ON_APPROVAL }, when: NOT_EXPIRED, otherwise: 'EXPIRED' },
  'action.rejected': { set: ENDED, when: NOT_EXPIRED, otherwise: 'EXPIRED' },
  'action.cancelled': { set: ENDED, when: NOT_BEGUN, otherwise: 'BEGUN' },
  'action.expired': {
    set: {
      ...ENDED,
      status_reason: `case locked.status when 'pending_approval' then 'approval_expired' else 'expired' end`,
    },
    when: `not ${NOT_EXPIRED} and ${NOT_BEGUN}`,
    otherwise: 'NOT_EXPIRED',
  },
  'action.returned_to_review': RETURNED,
  'action.recalled': RETURNED,
  'action.assigned': {},
  'action.commented': {},
  'action.released': { set: { due_at: NOW }, when: `(${NOT_EXPIRED} or not ${NOT_BEGUN})`, otherwise: 'EXPIRED' },
  'action.retried': {
    set: {
      ...RELEASED,
      due_at: `${NOW} + option.delay_ms * interval '1 ms'`,
      effect_started_at: 'case when option.undone then null else locked.effect_started_at end',
      attempts: 'locked.attempts - case when option.uncounted then 1 else 0 end',
      unavailable_since: `case when option.unavailable then coalesce(locked.unavailable_since, ${NOW})
          else locked.unavailable_since end`,
    },
  },
  'action.requeued': { set: { ...RELEASED, due_at: NOW } },
  'action.completed': { set: ENDED },
  'action.failed': { set: ENDED },
  'action.outcome_confirmed': { when: "locked.status_reason = 'outcome_unknown'", otherwise: 'OUTCOME_KNOWN' },
};

/** JSON values are passed as text. */
export interface MoveParams {
  id: string;
  workspace: string;
  /** The version that was read; null = any. */
  version: number | null;
  /** The fence of the worker that moves it; null = any. */
  fence: number | null;
  actor: string;
  /** The event's data. */
  data: string;
  /** The changed columns. */
  change: string;
  /** { due_now, hold_ms, delay_ms, undone, uncounted, unavailable } */
  options: string;
  token: string | null;
  /** The Idempotency-Key, if any. */
  key: string | null;
  requestHash: string | null;
  identityVersion: number | null;
}

export interface MoveAnswer {
  code: 'MOVED' | 'NOT_FOUND' | 'INVALID_STATE' | 'CONFLICT' | 'BEGUN' | 'EXPIRED' | 'NOT_EXPIRED' | 'OUTCOME_KNOWN';
  /** The row after the move, or the current row if the move was refused. */
  action: JsonObject | null;
}

const TYPES = {
  id: 'uuid',
  workspace: 'uuid',
  version: 'int',
  fence: 'int',
  actor: 'jsonb',
  data: 'jsonb',
  change: 'jsonb',
  options: 'jsonb',
  token: 'uuid',
  key: 'text',
  requestHash: 'text',
  identityVersion: 'int',
} as const;

/** A move in SQL, over the row `locked` and what was `given`. */
interface MoveSql {
  move: Move;
  /** The assignments of the UPDATE. */
  set: string;
  /** The status allows the move. */
  allowed: string;
  /** What else must hold. */
  when: string;
  otherwise: string;
}

function moveSql(move: Exclude<Move, 'action.claimed'>): MoveSql {
  const { set, when = 'true', otherwise = 'CONFLICT' } = MOVES[move];
  const sources = (Object.keys(LIFECYCLE) as Status[]).filter((status) => LIFECYCLE[status][move]);
  const target = sources.map((status) => {
    const to = LIFECYCLE[status][move];
    return `when '${status}' then ${to === PREVIOUS_STATUS ? 'locked.status_before_run' : `'${to}'`}`;
  });
  const columns = {
    status: `case locked.status ${target.join(' ')} end`,
    version: 'locked.version + 1',
    updated_at: 'clock_timestamp()',
    ...Object.fromEntries(CHANGEABLE.map((column) => [column, `change.${column}`])),
    approval: APPROVAL,
    ...set,
  };
  return {
    move,
    set: Object.entries(columns)
      .map(([column, value]) => `${column} = ${value}`)
      .join(',\n        '),
    allowed: `locked.status in (${sqlList(sources)})`,
    when,
    otherwise,
  };
}

/** Why the one move was refused, and the row as it is. The many answer only for those that moved. */
const answerOf = ({ allowed, otherwise }: MoveSql, isMany: boolean): string =>
  isMany
    ? "select place, 'MOVED' as code, action from moved"
    : `select
      case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
        when not (${allowed}) then 'INVALID_STATE'
        when not (${IS_CURRENT}) then 'CONFLICT' else '${otherwise}' end as code,
      coalesce(moved.action, to_jsonb(locked.whole)) as action
    from given left join locked using (place) left join moved using (place)`;

const writeMove = (sql: MoveSql): Statement<MoveParams, MoveAnswer> =>
  write<MoveParams, MoveAnswer>(
    sql.move.replace('.', '_'),
    TYPES,
    ({ given, lock, sameRow, isMany }) => `
    with given as materialized (${given}
    ), locked as (
      select given.place, a.* from (select * from given order by id) given cross join lateral (
        select a.*, a.ctid as at_place, a as whole from actions a
        where a.id = given.id and a.workspace_id = given.workspace limit 1 ${lock}
      ) a
    ), moved as (
      update actions a set
        ${sql.set}
      from locked join given using (place)
      cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
        undone boolean, uncounted boolean, unavailable boolean)
      cross join lateral jsonb_populate_record(locked.whole, given.change) change
      where ${sameRow('a', 'locked')} and ${sql.allowed}
        and ${IS_CURRENT}
        and ${sql.when}
      returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
    ), event as (
      insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
      select moved.id, moved.version, workspace_id, '${sql.move}', status, actor, data, updated_at
      from moved join given using (place)
    ), key as (
      insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
      select workspace_id, token, key, "requestHash",
        action || jsonb_build_object('identity_version', "identityVersion")
      from moved join given using (place) where key is not null order by key
    )
    ${answerOf(sql, isMany)}`,
    ({ id }) => id,
  );

const written = new Map(
  (Object.keys(MOVES) as (keyof typeof MOVES)[]).map((move): [Move, Statement<MoveParams, MoveAnswer>] => [
    move,
    writeMove(moveSql(move)),
  ]),
);

/** The statement of a move; claims have separate ones (claim.ts). */
export function moveStatement(move: Move): Statement<MoveParams, MoveAnswer> {
  const found = written.get(move);
  if (!found) throw new Error(`${move} is not a move of one action by its version or fence`);
  return found;
}
