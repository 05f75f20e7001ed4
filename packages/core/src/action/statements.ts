// The hot statements. With worker-statements.ts, the only hand-written SQL on `actions`: each is one round trip, atomic
// without BEGIN. People's verbs lock the row first and report why they lost; a worker's verb checks its fence. Races:
// races.test.ts.
import { CLEARED, TERMINAL, type JsonObject, type Status } from '@proviso/contracts';
import type { Statement } from '../platform/db.ts';
import { PREVIOUS_STATUS, LIFECYCLE, type Move } from './lifecycle.ts';

export const sqlList = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

/** Columns that a change may name; every other column moves by its statement alone. */
const CHANGEABLE = [
  'params',
  'resolved',
  'original_params',
  'revision',
  'user_edits',
  'preview',
  'agent_preview',
  'identity_id',
  'description',
  'require_approval',
  'scheduled_time',
  'contact_id',
  'company_id',
  'cleared_hash',
  'cleared_identity_version',
  'tool_version',
  'definition_hash',
  'status_reason',
  'result',
  'error',
];

const NOT_BEGUN = 's.effect_started_at is null';
const NOT_EXPIRED = '(s.expires_at is null or s.expires_at > clock_timestamp())';
const DUE = 'greatest(coalesce(n.scheduled_time, clock_timestamp()), clock_timestamp())';
/** Not held where it could then not start before it expires. */
const HELD = `case when o.hold_ms > 0
  and (s.expires_at is null or s.expires_at > clock_timestamp() + (o.hold_ms + 60000) * interval '1 ms')
  then clock_timestamp() + o.hold_ms * interval '1 ms' end`;
const DUE_ON_APPROVAL = `case when o.due_now then clock_timestamp() else greatest(${DUE}, ${HELD}) end`;
/** A new decision is stamped with the database's time. */
const APPROVAL = `case when n.approval is distinct from s.approval
  then n.approval || jsonb_build_object('at', clock_timestamp()) else s.approval end`;
const NOW = 'clock_timestamp()';
const RELEASED = { lease_until: 'null', lease_owner: 'null' };
const ENDED = { ...RELEASED, completed_at: NOW };

interface MoveRule {
  /** Columns that the move writes beyond the changed ones, or instead. */
  set?: Record<string, string>;
  /** What else must hold, and the code where it does not. */
  when?: string;
  otherwise?: 'BEGUN' | 'EXPIRED' | 'NOT_EXPIRED';
}

/** Back to a person: what was tried before counts for nothing. */
const RETURNED: MoveRule = {
  set: {
    ...RELEASED,
    attempts: '0',
    crashes: '0',
    status_before_run: 'null',
    unavailable_since: 'null',
    due_at: DUE,
    asked_at: `coalesce(s.asked_at, ${NOW})`,
  },
  when: NOT_BEGUN,
  otherwise: 'BEGUN',
};

const MOVES: Record<Exclude<Move, 'action.claimed'>, MoveRule> = {
  'action.updated': {
    set: { due_at: `case when n.scheduled_time is not distinct from s.scheduled_time then s.due_at else ${DUE} end` },
    when: NOT_BEGUN,
    otherwise: 'BEGUN',
  },
  'action.approved': { set: { due_at: DUE_ON_APPROVAL }, when: NOT_EXPIRED, otherwise: 'EXPIRED' },
  'action.rejected': { set: ENDED, when: NOT_EXPIRED, otherwise: 'EXPIRED' },
  'action.cancelled': { set: ENDED, when: NOT_BEGUN, otherwise: 'BEGUN' },
  'action.expired': {
    set: {
      ...ENDED,
      status_reason: `case s.status when 'pending_approval' then 'approval_expired' else 'expired' end`,
    },
    when: `not ${NOT_EXPIRED} and ${NOT_BEGUN}`,
    otherwise: 'NOT_EXPIRED',
  },
  'action.returned_to_review': RETURNED,
  'action.recalled': RETURNED,
  'action.released': { set: { due_at: NOW }, when: `(${NOT_EXPIRED} or not ${NOT_BEGUN})`, otherwise: 'EXPIRED' },
  'action.retried': {
    set: {
      ...RELEASED,
      due_at: `${NOW} + o.delay_ms * interval '1 ms'`,
      effect_started_at: 'case when o.undone then null else s.effect_started_at end',
      attempts: 's.attempts - case when o.uncounted then 1 else 0 end',
      unavailable_since: `case when o.unavailable then coalesce(s.unavailable_since, ${NOW}) else s.unavailable_since end`,
    },
  },
  'action.requeued': { set: { ...RELEASED, due_at: NOW } },
  'action.completed': { set: ENDED },
  'action.failed': { set: ENDED },
};

export interface MoveAnswer {
  code: 'MOVED' | 'NOT_FOUND' | 'INVALID_STATE' | 'CONFLICT' | 'BEGUN' | 'EXPIRED' | 'NOT_EXPIRED';
  /** The row after the move, or the current row if the move was refused. */
  action: JsonObject | null;
}

/**
 * $1 id, $2 workspace, $3 version or null, $4 fence or null, $5 actor, $6 event data, $7 changed columns, $8 options
 * { due_now, hold_ms, delay_ms, undone, uncounted, unavailable }, $9 token, $10 idempotency key or null, $11 request hash, $12 identity version
 */
function writeMove(move: Exclude<Move, 'action.claimed'>): Statement {
  const { set, when = 'true', otherwise = 'CONFLICT' } = MOVES[move];
  const changed = Object.fromEntries(CHANGEABLE.map((column) => [column, `n.${column}`]));
  const columns = Object.entries({ ...changed, approval: APPROVAL, ...set }).map(
    ([column, value]) => `${column} = ${value}`,
  );
  const sources = (Object.keys(LIFECYCLE) as Status[]).filter((status) => LIFECYCLE[status][move]);
  const target = sources.map((status) => {
    const to = LIFECYCLE[status][move];
    return `when '${status}' then ${to === PREVIOUS_STATUS ? 's.status_before_run' : `'${to}'`}`;
  });
  const allowed = `s.status in (${sqlList(sources)})`;
  const current = '($3::int is null or s.version = $3::int) and ($4::int is null or s.fence = $4::int)';
  const text = `
    with s as (
      select a.*, a as whole from actions a where id = $1::uuid and workspace_id = $2::uuid for no key update
    ), o as (
      select * from jsonb_to_record($8::jsonb) as o(due_now boolean, hold_ms float8, delay_ms float8, undone boolean, uncounted boolean, unavailable boolean)
    ), moved as (
      update actions a set
        status = case s.status ${target.join(' ')} end,
        version = s.version + 1, updated_at = clock_timestamp(),
        ${columns.join(', ')}
      from s cross join o cross join lateral jsonb_populate_record(s.whole, $7::jsonb) n
      where a.id = s.id and ${allowed} and ${current} and ${when}
      returning a.*
    ), logged as (
      insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
      select id, version, workspace_id, '${move}', status, $5::jsonb, $6::jsonb, updated_at from moved
    ), kept as (
      insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
      select workspace_id, $9::uuid, $10::text, $11::text,
        to_jsonb(moved) || jsonb_build_object('identity_version', $12::int) from moved where $10::text is not null
    )
    select
      case when moved.id is not null then 'MOVED' when s.id is null then 'NOT_FOUND'
        when not (${allowed}) then 'INVALID_STATE' when not (${current}) then 'CONFLICT' else '${otherwise}' end as code,
      coalesce(to_jsonb(moved), to_jsonb(s.whole)) as action
    from (select 1) one left join s on true left join moved on true`;
  return { name: move.replace('.', '_'), text };
}

const written = new Map(
  (Object.keys(MOVES) as (keyof typeof MOVES)[]).map((move): [Move, Statement] => [move, writeMove(move)]),
);

/** The statement of a move; claims have their own below. */
export function moveStatement(move: Move): Statement {
  const statement = written.get(move);
  if (!statement) throw new Error(`${move} is not a move of one action by its version or fence`);
  return statement;
}

/** What the database decides of a new row, given as JSON. */
const completed = (row: string): string => `${row} || jsonb_build_object(
        'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
        'due_at', greatest(coalesce((${row}->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
        'asked_at', case ${row}->>'status' when 'pending_approval' then statement_timestamp() end,
        'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)`;
const inTime = (row: string): string => `coalesce((${row}->>'expires_at')::timestamptz > statement_timestamp(), true)`;
const logCreated = (actor: string, data: string): string => `
      insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
      select id, version, workspace_id, 'action.created', status, ${actor}, ${data}, created_at from made`;

/** $1 the row as JSON, $2 token, $3 idempotency key or null, $4 request hash, $5 actor, $6 event data. */
export const CREATE: Statement = {
  name: 'action_create',
  text: `
    with n as materialized (
      select (${completed('$1::jsonb')}) as row where ${inTime('$1::jsonb')}
    ), k as (
      insert into idempotency_keys as i (workspace_id, token_id, key, request_hash, snapshot)
      select (row->>'workspace_id')::uuid, $2::uuid, $3::text, $4::text, row from n where $3::text is not null
      on conflict (workspace_id, token_id, key) do update set key = i.key
      returning i.request_hash, i.snapshot
    ), fresh as (
      select n.row from n where $3::text is null or exists (select 1 from k where k.snapshot->>'id' = n.row->>'id')
    ), counted as (
      insert into action_counters as i (run_id, contact_id, next)
      select (row->>'run_id')::uuid, (row->>'run_contact_id')::uuid, 1 from fresh where row->>'run_contact_id' is not null
      on conflict (run_id, contact_id) do update set next = i.next + 1
      returning next - 1 as action_index
    ), made as (
      insert into actions
      select r.* from fresh left join counted on true cross join lateral jsonb_populate_record(
        null::actions, fresh.row || jsonb_build_object('action_index', counted.action_index)) r
      returning *
    ), logged as (${logCreated('$5::jsonb', '$6::jsonb')}
    )
    select
      case when made.id is not null then 'CREATED' when k.request_hash = $4::text then 'REPLAYED'
        when k.request_hash is not null then 'MISMATCH' else 'EXPIRED' end as code,
      coalesce(to_jsonb(made), k.snapshot) as action
    from (select 1) one left join k on true left join made on true`,
};

export interface CreateAnswer {
  code: 'CREATED' | 'REPLAYED' | 'MISMATCH' | 'EXPIRED';
  action: JsonObject | null;
}

/** $1 the rows as a JSON array, $2 actor, $3 event data. A row whose expiry has passed is not among the answers. */
export const CREATE_MANY: Statement = {
  name: 'action_create_many',
  text: `
    with n as materialized (
      select (${completed('given.row')}) as row, ord, (given.row->>'run_id')::uuid as run, (given.row->>'run_contact_id')::uuid as contact
      from jsonb_array_elements($1::jsonb) with ordinality as given(row, ord)
      where ${inTime('given.row')}
    ), g as (
      select run, contact, count(*)::int as size from n where contact is not null group by run, contact
    ), counted as (
      insert into action_counters as i (run_id, contact_id, next)
      select run, contact, size from g order by run, contact
      on conflict (run_id, contact_id) do update set next = i.next + excluded.next
      returning run_id, contact_id, next
    ), numbered as (
      select n.row, (c.next - g.size - 1 + row_number() over (partition by n.run, n.contact order by n.ord))::int as action_index
      from n left join g on g.run = n.run and g.contact = n.contact
      left join counted c on c.run_id = n.run and c.contact_id = n.contact
    ), made as (
      insert into actions
      select r.* from numbered cross join lateral jsonb_populate_record(
        null::actions, numbered.row || jsonb_build_object('action_index', numbered.action_index)) r
      returning *
    ), logged as (${logCreated('$2::jsonb', '$3::jsonb')}
    )
    select to_jsonb(made) as action from made`,
};

const HAS_EXPIRED = `expires_at <= statement_timestamp() and effect_started_at is null
  and status in (${sqlList(['pending_approval', ...CLEARED])})`;

/** $1 how many: open actions past their expiry, of workspaces in turn: among the first and the last thousand. */
export const FIND_EXPIRED: Statement = {
  name: 'action_find_expired',
  text: `
    with expired as (
      (select id, workspace_id, expires_at from actions where ${HAS_EXPIRED} order by expires_at limit 1000)
      union (select id, workspace_id, expires_at from actions where ${HAS_EXPIRED} order by expires_at desc limit 1000)
    ), t as (
      select id, expires_at, row_number() over (partition by workspace_id order by expires_at) as turn from expired
    )
    select to_jsonb(a) as action from (select * from t order by turn, expires_at limit $1::int) t
    join actions a on a.id = t.id`,
};

/** $1 ids: which of them have ended. */
export const FIND_ENDED: Statement = {
  name: 'action_find_ended',
  text: `select id from actions where id = any($1::uuid[]) and status in (${sqlList(TERMINAL)})`,
};
