// Claims due actions for the free slots of a process, in turns among workspaces. Held by fairness.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { statement } from '../../platform/statement.ts';
import { claimChosen, type ClaimParams } from './claim.ts';
import { IS_CLEARED, IS_KNOWN, MAY_BE_CLAIMED } from './fragments.ts';

/** After this many lost workers, an action is quarantined: it or a neighbour may have crashed them. */
export const QUARANTINE_CRASHES = 2;

const NO_AGENT = `'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * The key of the index `actions_due_groups`, in its order. A pause, an agent, a type or its free slots hold back all
 * rows of a group alike. So one look-up covers any number of them.
 */
const groupOf = (row: string): string =>
  `${row}.workspace_id, ${row}.type, coalesce(${row}.agent_id, ${NO_AGENT}), ${row}.direct`;
const GROUP = 'workspace_id, type, agent_id, direct';
const FIRST_GROUP = `'', ${NO_AGENT}, false`;

/**
 * How many due actions are examined before the round of the groups, and how many groups a round covers in one claim.
 */
const OLDEST = 200;
const ROUND = 256;
/** Extra rows to examine: other processes claim at the same time, and rows that they have locked are skipped. */
const SPARE = 100;

/**
 * The groups of the actions that have been due longest. If more are due, also the next groups of this process's round.
 */
const GROUPS = `
    oldest as materialized (
      select ${groupOf('a')} from actions a
      where ${IS_CLEARED} and due_at <= statement_timestamp() order by due_at, id limit ${OLDEST}
    ), round(${GROUP}, step) as (
      (select ${groupOf('a')}, 1 from actions a
        where ${IS_CLEARED} and (select count(*) from oldest) = ${OLDEST} and (${groupOf('a')}) > (
          coalesce((:round::jsonb->>'workspace_id')::uuid, ${NO_AGENT}), coalesce(:round::jsonb->>'type', ''),
          coalesce((:round::jsonb->>'agent_id')::uuid, ${NO_AGENT}),
          coalesce((:round::jsonb->>'direct')::boolean, false))
        order by ${groupOf('a')} limit 1)
      union all
      select next.*, round.step + 1 from round cross join lateral (
        select ${groupOf('a')} from actions a
        where ${IS_CLEARED} and (${groupOf('a')}) > (round.workspace_id, round.type, round.agent_id, round.direct)
        order by ${groupOf('a')} limit 1) next
      where round.step < ${ROUND}
    ), groups(${GROUP}) as (select * from oldest union select ${GROUP} from round)`;

const GROUPS_IN_WORKSPACE = `
    groups(${GROUP}) as (
      (select ${groupOf('a')} from actions a
        where ${IS_CLEARED} and workspace_id = :workspace::uuid and (${groupOf('a')}) >= (:workspace::uuid, ${FIRST_GROUP})
        order by ${groupOf('a')} limit 1)
      union all
      select next.* from groups g cross join lateral (
        select ${groupOf('a')} from actions a
        where ${IS_CLEARED} and workspace_id = :workspace::uuid
          and (${groupOf('a')}) > (g.workspace_id, g.type, g.agent_id, g.direct)
        order by ${groupOf('a')} limit 1) next
    )`;

/** How many slots are free for a row's type, and for quarantined actions. */
const FREE_OF_TYPE = `coalesce((:free::jsonb->'types'->>type)::int, (:free::jsonb->>'others')::int)`;
const FREE_QUARANTINED = `(:free::jsonb->>'quarantined')::int`;
/** How many actions of a row's workspace this process runs. */
const RUNNING = `coalesce((:free::jsonb->'running'->>workspace_id::text)::int, 0)`;

const CLAIM_CHOSEN = claimChosen({
  sameRow: 'a.id = chosen.id',
  leaseMs: ':leaseMs::int',
  owner: ':owner::text',
  actor: ':actor::jsonb',
  more: 'null as actor',
});

/**
 * Claims due actions for the free slots of a process, in turns. The workspace that runs least there is next. Within a
 * workspace, direct actions come first, then those that have been due longest.
 */
const claimFairly = (groups: string, among: string, more = ''): string => `
    with recursive${groups}, open as (
      select * from groups g
      where ${FREE_OF_TYPE} > 0 and ${among}
        and (type = any(:types::text[])
          or exists (select from tools t where t.workspace_id = g.workspace_id and t.name = g.type))
        and not exists (select from pauses p where (p.workspace_id is null or p.workspace_id = g.workspace_id)
          and (p.agent_id is null or p.agent_id = g.agent_id) and (p.type is null or p.type = g.type))
        and (agent_id = ${NO_AGENT} or exists (select from agents o where o.id = g.agent_id and o.enabled))
    ), candidates as materialized (
      select due.id as candidate, due.due_at, ${RUNNING} + row_number() over (
        partition by open.workspace_id order by open.direct desc, due.due_at, due.id) as turn
      from open cross join lateral (
        select id, due_at from actions a
        where ${MAY_BE_CLAIMED} and (${groupOf('a')}) = (open.workspace_id, open.type, open.agent_id, open.direct)
          and (crashes < ${QUARANTINE_CRASHES} or ${FREE_QUARANTINED} > 0)
        order by due_at, id limit :count::int + ${SPARE}) due
      order by turn, due.due_at, due.id limit :count::int + ${SPARE}
    ), locked as (
      select a.*, turn from (select * from candidates order by turn, due_at, candidate) candidates cross join lateral (
        select id, due_at, type, crashes from actions
        where id = candidate and ${MAY_BE_CLAIMED} and ${IS_KNOWN} and may_start(workspace_id, agent_id, type)
        for no key update skip locked) a
      limit :count::int
    ), chosen as (
      select id from (
        select id, type, crashes,
          row_number() over (partition by type order by turn, due_at, id) as of_type,
          row_number() over (
            partition by crashes < ${QUARANTINE_CRASHES} order by turn, due_at, id) as of_quarantined
        from locked) numbered
      where of_type <= ${FREE_OF_TYPE}
        and (crashes < ${QUARANTINE_CRASHES} or of_quarantined <= ${FREE_QUARANTINED})
    ), ${CLAIM_CHOSEN}
    select action${more && ', null::jsonb as round'} from claimed${more}`;

/** The last group of the round, or none if the round came to the end. */
const ROUND_CAME_TO = `
    union all
    select null, case when step = ${ROUND} then to_jsonb(round) end
    from (select * from round order by step desc limit 1) round`;

/** JSON values are passed as text. */
interface ClaimFairlyParams extends ClaimParams {
  count: number;
  /** The free slots of the process. */
  free: string;
}

interface ClaimDueAnswer {
  action: JsonObject | null;
  /** Where the next round begins; null = at the start. */
  round: JsonObject | null;
}

export const CLAIM_DUE = statement<
  ClaimFairlyParams & {
    /** The group after which the round continues, or null. */
    round: string;
    /** Takes only actions of workspaces that run nothing in this process. */
    idleOnly: boolean;
  },
  ClaimDueAnswer
>('action_claim_due', claimFairly(GROUPS, `(not :idleOnly::boolean or ${RUNNING} = 0)`, ROUND_CAME_TO));

export const CLAIM_IN_WORKSPACE = statement<
  ClaimFairlyParams & {
    workspace: string;
    /** The only agent whose actions may be taken, or null. */
    agent: string | null;
  },
  { action: JsonObject | null }
>('action_claim_in_workspace', claimFairly(GROUPS_IN_WORKSPACE, '(:agent::uuid is null or agent_id = :agent::uuid)'));
