// A worker's statements: what it claims, in turns among workspaces, and how it keeps and takes over what runs.
// Races: races.test.ts, recover.test.ts; turns: fairness.test.ts.
import { CLEARED, type JsonObject } from '@proviso/contracts';
import type { Statement } from '../platform/db.ts';
import { sqlList } from './statements.ts';

const IS_CLEARED = `status in (${sqlList(CLEARED)})`;

/** Expiry limits the start: an effect that may have started is allowed to finish. */
const MAY_BE_CLAIMED = `${IS_CLEARED} and due_at <= statement_timestamp()
  and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp())`;

/** Registered in this process, or a workspace's own: every process runs those. */
const isKnown = (types: string): string => `(type = any(${types}::text[]) or tool_version is not null)`;

const claim = (lease: string, owner: string, actor: string): string => `
    update actions a set
      status = 'running', status_before_run = a.status, version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
      lease_until = clock_timestamp() + ${lease} * interval '1 ms', lease_owner = ${owner},
      started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
    from t where a.id = t.id
    returning a.*
  ), logged as (
    insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
    select id, version, workspace_id, 'action.claimed', status, ${actor},
      jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from u
  )`;

/** $1 id: what decides whether a process has a free slot for it, and for how long it has been due. */
export const FIND_DUE: Statement = {
  name: 'action_find_due',
  text: `
    select workspace_id, type, crashes,
      greatest(0, extract(epoch from statement_timestamp() - due_at)::float8 * 1000) as late_ms
    from actions where id = $1::uuid and ${IS_CLEARED}`,
};

/**
 * $1 id, $2 types that this process can run, $3 lease in ms, $4 lease owner, $5 actor. The gate `may_start` looks with
 * its own fresh snapshot under a shared lock that a pause takes alone: after a pause has answered, nothing passes it.
 */
export const CLAIM: Statement = {
  name: 'action_claim',
  text: `
    with t as (
      select id from actions
      where id = $1::uuid and ${MAY_BE_CLAIMED} and ${isKnown('$2')} and may_start(workspace_id, agent_id, type)
      for no key update
    ), u as (${claim('$3::int', '$4::text', '$5::jsonb')}
    select to_jsonb(u) as action, null::float8 as early_ms from u
    union all
    select null, extract(epoch from due_at - clock_timestamp())::float8 * 1000 from actions
    where id = $1::uuid and ${IS_CLEARED} and due_at > statement_timestamp() and not exists (select from u)`,
};

export interface ClaimAnswer {
  action: JsonObject | null;
  /** Cleared, but not due for so long by the database's clock. */
  early_ms: number | null;
}

/** After this many lost workers, an action is quarantined: it, or a neighbour, may have killed them. */
export const QUARANTINE_CRASHES = 2;

const NO_AGENT = `'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * What a pause, an agent, a type or its free slots can hold back as a whole: the rows of a group share all of them, so
 * that however many rows are held back cost one look. The key of the index `actions_due_groups`, in its order.
 */
const groupOf = (row: string): string =>
  `${row}.workspace_id, ${row}.type, coalesce(${row}.agent_id, ${NO_AGENT}), ${row}.direct`;
const GROUP = 'workspace_id, type, agent_id, direct';
const FIRST_GROUP = `'', ${NO_AGENT}, false`;

/** How many due actions are looked at before the round of the groups, and how many groups a round takes in one claim. */
const OLDEST = 200;
const ROUND = 256;
/** Rows beyond those that are wanted: other processes claim at the same time, and what they hold is passed over. */
const SPARE = 100;

/** The groups of what has been due longest; where more is due than that, also those that come next on this process's round. */
const GROUPS = `
    oldest as materialized (
      select ${groupOf('a')} from actions a where ${IS_CLEARED} and due_at <= statement_timestamp() order by due_at, id limit ${OLDEST}
    ), round(${GROUP}, step) as (
      (select ${groupOf('a')}, 1 from actions a
        where ${IS_CLEARED} and (select count(*) from oldest) = ${OLDEST} and (${groupOf('a')}) > (
          coalesce(($7::jsonb->>'workspace_id')::uuid, ${NO_AGENT}), coalesce($7::jsonb->>'type', ''),
          coalesce(($7::jsonb->>'agent_id')::uuid, ${NO_AGENT}), coalesce(($7::jsonb->>'direct')::boolean, false))
        order by ${groupOf('a')} limit 1)
      union all
      select next.*, round.step + 1 from round cross join lateral (
        select ${groupOf('a')} from actions a
        where ${IS_CLEARED} and (${groupOf('a')}) > (round.workspace_id, round.type, round.agent_id, round.direct)
        order by ${groupOf('a')} limit 1) next
      where round.step < ${ROUND}
    ), groups(${GROUP}) as (select * from oldest union select ${GROUP} from round)`;

/** $7 workspace, $8 the only agent whose actions may be taken, or null. */
const GROUPS_IN_WORKSPACE = `
    groups(${GROUP}) as (
      (select ${groupOf('a')} from actions a
        where ${IS_CLEARED} and workspace_id = $7::uuid and (${groupOf('a')}) >= ($7::uuid, ${FIRST_GROUP})
        order by ${groupOf('a')} limit 1)
      union all
      select next.* from groups g cross join lateral (
        select ${groupOf('a')} from actions a
        where ${IS_CLEARED} and workspace_id = $7::uuid and (${groupOf('a')}) > (g.workspace_id, g.type, g.agent_id, g.direct)
        order by ${groupOf('a')} limit 1) next
    )`;

/** Of a row's type, and of those that were lost twice: how many slots are free. */
const FREE_OF_TYPE = `coalesce(($6::jsonb->'types'->>type)::int, ($6::jsonb->>'others')::int)`;
const FREE_QUARANTINED = `($6::jsonb->>'quarantined')::int`;
/** How many this process runs of a row's workspace. */
const RUNNING = `coalesce(($6::jsonb->'running'->>workspace_id::text)::int, 0)`;

/**
 * Takes up to $1 due actions for the free slots of a process, $6: in turns, so that the workspace that runs least there
 * is next, and within a workspace what is direct and then what has been due longest.
 */
const claimFairly = (groups: string, among: string, more = ''): string => `
    with recursive ${groups}, open as (
      select * from groups g
      where ${FREE_OF_TYPE} > 0 and ${among}
        and (type = any($2::text[]) or exists (select from tools t where t.workspace_id = g.workspace_id and t.name = g.type))
        and not exists (select from pauses p where (p.workspace_id is null or p.workspace_id = g.workspace_id)
          and (p.agent_id is null or p.agent_id = g.agent_id) and (p.type is null or p.type = g.type))
        and (agent_id = ${NO_AGENT} or exists (select from agents o where o.id = g.agent_id and o.enabled))
    ), c as materialized (
      select due.id as candidate, due.due_at, ${RUNNING} + row_number() over (
        partition by open.workspace_id order by open.direct desc, due.due_at, due.id) as turn
      from open cross join lateral (
        select id, due_at from actions a
        where ${MAY_BE_CLAIMED} and (${groupOf('a')}) = (open.workspace_id, open.type, open.agent_id, open.direct)
          and (crashes < ${QUARANTINE_CRASHES} or ${FREE_QUARANTINED} > 0)
        order by due_at, id limit $1::int + ${SPARE}) due
      order by turn, due.due_at, due.id limit $1::int + ${SPARE}
    ), l as (
      select a.*, turn from (select * from c order by turn, due_at, candidate) c cross join lateral (
        select id, due_at, type, crashes from actions
        where id = candidate and ${MAY_BE_CLAIMED} and ${isKnown('$2')} and may_start(workspace_id, agent_id, type)
        for no key update skip locked) a
      limit $1::int
    ), t as (
      select id from (
        select id, type, crashes,
          row_number() over (partition by type order by turn, due_at, id) as of_type,
          row_number() over (partition by crashes < ${QUARANTINE_CRASHES} order by turn, due_at, id) as of_quarantined
        from l) numbered
      where of_type <= ${FREE_OF_TYPE} and (crashes < ${QUARANTINE_CRASHES} or of_quarantined <= ${FREE_QUARANTINED})
    ), u as (${claim('$3::int', '$4::text', '$5::jsonb')}
    select to_jsonb(u) as action${more && ', null::jsonb as round'} from u${more}`;

/** How far the round has come: its last group, or none where it came to the end. */
const ROUND_CAME_TO = `
    union all
    select null, case when step = ${ROUND} then to_jsonb(round) end from (select * from round order by step desc limit 1) round`;

/**
 * $1 how many, $2 types, $3 lease in ms, $4 lease owner, $5 actor, $6 free slots, $7 the group after which the round goes
 * on, or null, $8 true = only workspaces of which this process runs nothing.
 */
export const CLAIM_DUE: Statement = {
  name: 'action_claim_due',
  text: claimFairly(GROUPS, `(not $8::boolean or ${RUNNING} = 0)`, ROUND_CAME_TO),
};

export interface ClaimDueAnswer {
  action: JsonObject | null;
  /** Where the next round begins; null = at the start. */
  round: JsonObject | null;
}

/** $1 to $6 as above, $7 workspace, $8 the only agent whose actions may be taken, or null. */
export const CLAIM_IN_WORKSPACE: Statement = {
  name: 'action_claim_in_workspace',
  text: claimFairly(GROUPS_IN_WORKSPACE, '($8::uuid is null or agent_id = $8::uuid)'),
};

/** $1 ids, $2 fences, $3 lease in ms: prolongs what is still ours; what is not among the answers is lost. */
export const HEARTBEAT: Statement = {
  name: 'action_heartbeat',
  text: `
    with t as (
      select a.id from (select * from unnest($1::uuid[], $2::int[]) as b(id, fence) order by id) b
      cross join lateral (
        select id from actions where id = b.id and fence = b.fence and status = 'running'
          and lease_until > clock_timestamp() limit 1 for no key update
      ) a
    )
    update actions a set lease_until = clock_timestamp() + $3::int * interval '1 ms'
    from t where a.id = t.id returning a.id`,
};

/** $1 id, $2 fence, $3 lease in ms: commits "the effect may have begun"; no row = not ours any more. */
export const BEGIN_EFFECT: Statement = {
  name: 'action_begin_effect',
  text: `
    with t as (
      select id, lease_until from actions where id = $1::uuid and fence = $2::int and status = 'running' for no key update
    )
    update actions a set
      effect_started_at = coalesce(a.effect_started_at, clock_timestamp()),
      lease_until = clock_timestamp() + $3::int * interval '1 ms'
    from t where a.id = t.id and t.lease_until > clock_timestamp()
    returning a.id`,
};

/**
 * $1 how many, $2 lease owner, $3 types, $4 lease in ms: takes over running actions whose lease is over; those of a type
 * unknown here only after ten leases, when no worker that knows it has come.
 */
export const ADOPT_LOST: Statement = {
  name: 'action_adopt_lost',
  text: `
    with t as (
      select id from actions
      where status = 'running' and lease_until < statement_timestamp()
        and (${isKnown('$3')} or lease_until < statement_timestamp() - $4::int * interval '10 ms')
      order by lease_until limit $1::int
      for no key update skip locked
    )
    update actions a set
      fence = a.fence + 1, crashes = a.crashes + 1, lease_owner = $2::text,
      lease_until = clock_timestamp() + $4::int * interval '1 ms'
    from t where a.id = t.id
    returning to_jsonb(a) as action, (extract(epoch from clock_timestamp() - a.effect_started_at) * 1000)::float8 as begun_ms_ago`,
};

export interface LostAnswer {
  action: JsonObject;
  begun_ms_ago: number | null;
}
