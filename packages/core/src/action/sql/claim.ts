// Claims one action for a wake-up. Held by races.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { statement } from '../../platform/statement.ts';
import { IS_CLEARED, IS_KNOWN, MAY_BE_CLAIMED } from './fragments.ts';

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

/** Moves the rows of `chosen` to running, with their events, as `claimed`. */
export const CLAIM_CHOSEN = `claimed as (
      update actions a set
        status = 'running', status_before_run = a.status,
        version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
        lease_until = clock_timestamp() + :leaseMs::int * interval '1 ms', lease_owner = :owner::text,
        started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
      from chosen where a.id = chosen.id
      returning a.*
    ), event as (
      insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
      select id, version, workspace_id, 'action.claimed', status, :actor::jsonb,
        jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
    )`;

/**
 * `may_start` reads with a fresh snapshot, under a shared lock that a pause takes exclusively. So nothing starts after
 * a pause has replied.
 */
export const CLAIM = statement<ClaimParams & { id: string }, ClaimAnswer>(
  'action_claim',
  `
    with chosen as (
      select id from actions
      where id = :id::uuid and ${MAY_BE_CLAIMED} and ${IS_KNOWN} and may_start(workspace_id, agent_id, type)
      for no key update
    ), ${CLAIM_CHOSEN}
    select to_jsonb(claimed) as action, null::float8 as early_ms from claimed
    union all
    select null, extract(epoch from due_at - clock_timestamp())::float8 * 1000 from actions
    where id = :id::uuid and ${IS_CLEARED} and due_at > statement_timestamp() and not exists (select from claimed)`,
);
