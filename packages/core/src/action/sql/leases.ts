// Renews, uses and takes over leases. Each checks the fence. Held by recover.test.ts and statements.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { statement, write } from '../../platform/statement.ts';
import { IS_KNOWN } from './fragments.ts';

/** Renews leases that are still ours; an id that is not returned is lost. */
export const HEARTBEAT = statement<{ ids: string[]; fences: number[]; leaseMs: number }, { id: string }>(
  'action_heartbeat',
  `
    with held as (
      select a.id from (
        select * from unnest(:ids::uuid[], :fences::int[]) as given(id, fence) order by id
      ) given cross join lateral (
        select id from actions where id = given.id and fence = given.fence and status = 'running'
          and lease_until > clock_timestamp() limit 1 for no key update
      ) a
    )
    update actions a set lease_until = clock_timestamp() + :leaseMs::int * interval '1 ms'
    from held where a.id = held.id returning a.id`,
);

/** Commits "the effect may have begun"; no row = the lease is no longer ours. */
export const BEGIN_EFFECT = write<{ id: string; fence: number; leaseMs: number }, { id: string }>(
  'action_begin_effect',
  { id: 'uuid', fence: 'int', leaseMs: 'int' },
  ({ given, lock, sameRow }) => `
    with given as materialized (${given}
    ), held as (
      select given.*, a.lease_until, a.at_place from (select * from given order by id) given cross join lateral (
        select lease_until, ctid as at_place from actions
        where id = given.id and fence = given.fence and status = 'running' limit 1 ${lock}
      ) a
    )
    update actions a set
      effect_started_at = coalesce(a.effect_started_at, clock_timestamp()),
      lease_until = clock_timestamp() + held."leaseMs" * interval '1 ms'
    from held where ${sameRow('a', 'held')} and held.lease_until > clock_timestamp()
    returning held.place, a.id`,
  ({ id }) => id,
);

interface LostAnswer {
  action: JsonObject;
  begun_ms_ago: number | null;
}

/**
 * Takes over running actions whose lease has expired. If this process does not know the type, only after ten leases,
 * when no worker that knows it has come. An attempt counts as one crash: if the adopter is lost too before it recovers
 * an action that has not begun, it ran nothing of it. Recovering an effect that began may ask the provider, so each
 * such loss counts.
 */
export const ADOPT_LOST = statement<
  { count: number; owner: string; types: readonly string[]; leaseMs: number },
  LostAnswer
>(
  'action_adopt_lost',
  `
    with lost as (
      select id from actions
      where status = 'running' and lease_until < statement_timestamp()
        and (${IS_KNOWN} or lease_until < statement_timestamp() - :leaseMs::int * interval '10 ms')
      order by lease_until limit :count::int
      for no key update skip locked
    )
    update actions a set
      fence = a.fence + 1, lease_owner = :owner::text,
      crashes = case when a.effect_started_at is null then least(a.crashes + 1, a.attempts) else a.crashes + 1 end,
      lease_until = clock_timestamp() + :leaseMs::int * interval '1 ms'
    from lost where a.id = lost.id
    returning to_jsonb(a) as action,
      (extract(epoch from clock_timestamp() - a.effect_started_at) * 1000)::float8 as begun_ms_ago`,
);
