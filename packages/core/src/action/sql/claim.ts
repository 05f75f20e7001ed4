// Claims one action for a wake-up. Held by races.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { write } from '../../platform/statement.ts';
import { IS_CLEARED, isKnown, MAY_BE_CLAIMED } from './fragments.ts';

export interface ClaimParams {
  /** The types that this process can run. */
  types: readonly string[];
  leaseMs: number;
  /** Who holds the lease. */
  owner: string;
  /** JSON as text. */
  actor: string;
}

export interface ClaimAnswer {
  action: JsonObject | null;
  /** Cleared, but not due for this long by the database's clock. */
  early_ms: number | null;
}

/** The parameters of a claim in SQL, and where its rows come from. */
interface ClaimSource {
  /** Joins the table `a` to its rows `chosen`. */
  sameRow: string;
  leaseMs: string;
  owner: string;
  actor: string;
  /** What to return beside the action and the columns of its event. */
  more: string;
}

/** Moves the rows of `chosen` to running, with their events. `claimed` holds each as the JSON `action`. */
export const claimChosen = ({ sameRow, leaseMs, owner, actor, more }: ClaimSource): string => `claimed as (
      update actions a set
        status = 'running', status_before_run = a.status,
        version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
        lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms', lease_owner = ${owner},
        started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
      from chosen where ${sameRow}
      returning a.id, a.version, a.workspace_id, a.status, a.attempts, a.fence, a.updated_at, ${more},
        to_jsonb(a) as action
    ), event as (
      insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
      select id, version, workspace_id, 'action.claimed', status, ${actor},
        jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
    )`;

/**
 * `may_start` reads with a fresh snapshot, under a shared lock that a pause takes exclusively. So nothing starts after
 * a pause has replied.
 */
export const CLAIM = write<ClaimParams & { id: string }, ClaimAnswer>(
  'action_claim',
  { id: 'uuid', types: 'text[]', leaseMs: 'int', owner: 'text', actor: 'jsonb' },
  ({ given, lock, sameRow, isMany }) => `
    with given as materialized (${given}
    ), chosen as (
      select given.*, a.at_place from (select * from given order by id) given cross join lateral (
        select ctid as at_place from actions
        where id = given.id and ${MAY_BE_CLAIMED} and ${isKnown('given.types')}
          and may_start(workspace_id, agent_id, type)
        limit 1 ${lock}
      ) a
    ), ${claimChosen({
      sameRow: sameRow('a', 'chosen'),
      leaseMs: 'chosen."leaseMs"',
      owner: 'chosen.owner',
      actor: 'actor',
      more: 'chosen.place, chosen.actor',
    })}
    ${
      isMany
        ? 'select place, action, null::float8 as early_ms from claimed'
        : `select action, null::float8 as early_ms from claimed
    union all
    select null, extract(epoch from due_at - clock_timestamp())::float8 * 1000 from actions
    where id = (select id from given) and ${IS_CLEARED} and due_at > statement_timestamp()
      and not exists (select from claimed)`
    }`,
  ({ id }) => id,
);
