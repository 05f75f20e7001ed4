-- The statements as PostgreSQL gets them. Written by `npm run sql -- print`; edit their sources instead.

-- agent_find
-- $1 id
-- $2 workspace
select g.id, g.enabled, g.approval, coalesce(g.auto_approve_types, '{}') as auto_approve_types, g.identity_id
from agents g where g.id = $1::uuid and g.workspace_id = $2::uuid;

-- agent_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (
select g.id, g.enabled, g.approval, coalesce(g.auto_approve_types, '{}') as auto_approve_types, g.identity_id
from agents g where g.id = item."id"::uuid and g.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- agent_lock
-- $1 id
select id from agents where id = $1::uuid for update;

-- bootstrap_lock
select 1 as locked from pg_advisory_xact_lock(7106);

-- bootstrap_locked_out
select distinct on (m.workspace_id) m.workspace_id, m.user_id, u.email, w.name as workspace_name
from members m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
where m.role = 'owner' and not exists (
  select from members o where o.workspace_id = m.workspace_id and o.role = 'owner' and (
    exists (select from sign_in_methods s where s.user_id = o.user_id)
    or exists (select from api_keys k where k.person_id = o.user_id
      and k.revoked_at is null and k.expires_at is null and 'workspace:admin' = any(k.scopes))))
order by m.workspace_id, m.created_at, m.user_id;

-- comments_count
-- $1 author
-- $2 action
select count(*)::int as total,
  count(*) filter (where actor->>'id' = $1::text and at > clock_timestamp() - interval '1 minute')::int as recent
from action_events where action_id = $2::uuid and event = 'action.commented';

-- company_find
-- $1 id
-- $2 workspace
select c.* from companies c where c.id = $1::uuid and c.workspace_id = $2::uuid;

-- company_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "workspace" uuid, "id" uuid) cross join lateral (select * from (select c.* from companies c where c.id = item."id"::uuid and c.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- company_lock
-- $1 id
select id from companies where id = $1::uuid for no key update;

-- company_lock_against_delete
-- $1 id
-- $2 workspace
select 1 as locked from companies where id = $1::uuid and workspace_id = $2::uuid for key share;

-- contact_find
-- $1 id
-- $2 workspace
select c.* from contacts c where c.id = $1::uuid and c.workspace_id = $2::uuid;

-- contact_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "workspace" uuid, "id" uuid) cross join lateral (select * from (select c.* from contacts c where c.id = item."id"::uuid and c.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- contact_lock
-- $1 id
select id from contacts where id = $1::uuid for no key update;

-- contact_lock_against_delete
-- $1 id
-- $2 workspace
select 1 as locked from contacts where id = $1::uuid and workspace_id = $2::uuid for key share;

-- email_thread_lock
-- $1 id
select id, contact_id from email_threads where id = $1::uuid for no key update;

-- epoch_advance
-- $1 here
-- $2 incarnation
update database_epoch set counter = counter + 1, advanced_at = clock_timestamp(), location = $1::text
where incarnation = $2::uuid and held_since is null
  and (location is distinct from $1::text
    or advanced_at < clock_timestamp() - 900 * interval '1 ms')
returning counter, advanced_at;

-- epoch_begin
-- $1 here
update database_epoch set incarnation = gen_random_uuid(), location = $1::text, advanced_at = clock_timestamp()
where incarnation is null;

-- epoch_hold
-- $1 reason
-- $2 lostUntil
-- $3 incarnation
update database_epoch set held_since = clock_timestamp(), held_reason = $1, lost_until = $2::timestamptz
where incarnation = $3::uuid and held_since is null;

-- epoch_read
select incarnation, counter, advanced_at, location, held_since, held_reason, lost_until,
  extract(epoch from clock_timestamp() - advanced_at)::float8 * 1000 as age_ms, (select system_identifier from pg_control_system()) || ' ' || current_database() || ' ' || (select oid from pg_database where datname = current_database())
  || ' ' || 'database_epoch'::regclass::oid
  || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) as here
from database_epoch;

-- epoch_read_inside
select incarnation, counter, advanced_at, location, held_since, held_reason, lost_until,
  extract(epoch from clock_timestamp() - advanced_at)::float8 * 1000 as age_ms, current_database() || ' ' || (select oid from pg_database where datname = current_database())
  || ' ' || 'database_epoch'::regclass::oid as here
from database_epoch;

-- epoch_release
-- $1 here
-- $2 incarnation
update database_epoch set incarnation = gen_random_uuid(), counter = counter + 1, advanced_at = clock_timestamp(),
  location = $1::text, held_since = null, held_reason = null, lost_until = null
where incarnation = $2::uuid and held_since is not null
returning incarnation, counter, advanced_at;

-- erasure_claim
select id, workspace_id, email, contact_id, coalesce(place_time, '-infinity')::text as place_time,
  coalesce(place_id, '00000000-0000-0000-0000-000000000000') as place_id,
  case when place_time is null then 0 else waiting end as waiting
from erasures where completed_at is null and next_at <= statement_timestamp()
order by next_at limit 1 for no key update skip locked;

-- erasure_complete
-- $1 records
-- $2 id
update erasures set completed_at = statement_timestamp(), email = null, records = $1::int
where id = $2::uuid;

-- erasure_delete_contact
-- $1 workspace
-- $2 contact
-- $3 email
delete from contacts where workspace_id = $1::uuid and (id = $2::uuid or email = $3)
returning id;

-- erasure_find_naming
-- $1 workspace
-- $2 time
-- $3 id
-- $4 contact
-- $5 pattern
with page as materialized (
  select a.id, a.created_at from actions a
  where a.workspace_id = $1::uuid and (a.created_at, a.id) > ($2::timestamptz, $3::uuid)
  order by a.created_at, a.id limit 200
)
select page.id, page.created_at::text,
  case when named.id is not null then to_jsonb(named) - '{preview,agent_preview,result}'::text[] end as action,
  i.config_version as identity_version, coalesce(named.status in ('completed', 'failed', 'rejected', 'cancelled'), false) as ended,
  coalesce(exists (select from actions a where a.id = named.id and exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null))), false) as held
from page
left join lateral (
  select a.* from actions a where a.id = page.id and a.redaction is null and (a.contact_id = $4::uuid or a.run_contact_id = $4::uuid
      or concat_ws(' ', a.params::text, a.resolved::text, a.original_params::text, a.user_edits::text, a.preview::text, a.agent_preview::text, a.result::text, a.error::text, a.metadata::text, a.approval::text, a.description) ~* $5
      or exists (select from action_events e where e.action_id = a.id and e.data::text ~* $5))
) named on true
left join identities i on i.id = named.identity_id
order by page.created_at, page.id;

-- erasure_is_held
-- $1 workspace
-- $2 contact
select exists (
    select from legal_holds h where h.workspace_id = $1::uuid and h.released_at is null
      and coalesce(h.action_id, h.run_id, h.mission_id) is null
  ) or exists (
    select from actions a
    where a.workspace_id = $1::uuid and a.contact_id = $2::uuid and exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null))
  ) as held;

-- erasure_replace_in_email_messages
-- $1 pattern
-- $2 workspace
update email_messages set "from" = regexp_replace("from", $1, '[erased]', 'gi'), subject = regexp_replace(subject, $1, '[erased]', 'gi'), text = regexp_replace(text, $1, '[erased]', 'gi')
where workspace_id = $2::uuid and concat_ws(' ', "from", subject, text) ~* $1 returning id;

-- erasure_replace_in_email_threads
-- $1 pattern
-- $2 workspace
update email_threads set subject = regexp_replace(subject, $1, '[erased]', 'gi')
where workspace_id = $2::uuid and concat_ws(' ', subject) ~* $1 returning id;

-- erasure_replace_in_notes
-- $1 pattern
-- $2 workspace
update notes set content = regexp_replace(content, $1, '[erased]', 'gi')
where workspace_id = $2::uuid and concat_ws(' ', content) ~* $1 returning id;

-- erasure_replace_in_recipients
-- $1 pattern
-- $2 workspace
update email_messages set "to" = array(select regexp_replace(address, $1, '[erased]', 'gi') from unnest("to") address)
where workspace_id = $2::uuid and array_to_string("to", ' ') ~* $1 returning id;

-- erasure_replace_in_tasks
-- $1 pattern
-- $2 workspace
update tasks set title = regexp_replace(title, $1, '[erased]', 'gi'), description = regexp_replace(description, $1, '[erased]', 'gi')
where workspace_id = $2::uuid and concat_ws(' ', title, description) ~* $1 returning id;

-- erasure_save
-- $1 time
-- $2 place
-- $3 waiting
-- $4 cancelled
-- $5 redacted
-- $6 id
update erasures set place_time = $1::timestamptz, place_id = $2::uuid, waiting = $3::int,
  cancelled = cancelled + $4::int, redacted = redacted + $5::int,
  next_at = statement_timestamp() + case when $1::timestamptz is null then 10 else 0 end * interval '1 minute'
where id = $6::uuid;

-- events_briefing
-- $1 workspace
-- $2 namedMax
with p as (
  select type, mission_id, count(*)::int as size, min(created_at) as oldest from actions
  where workspace_id = $1::uuid and status = 'pending_approval' group by type, mission_id
)
select pg_snapshot_xmin(pg_current_snapshot())::text as now,
  (select coalesce(sum(size), 0)::int from p) as total,
  (select min(oldest) from p) as oldest,
  (select coalesce(jsonb_object_agg(type, size), '{}')
    from (select type, sum(size)::int as size from p group by type order by 2 desc, 1 limit $2::int) t) as types,
  (select coalesce(jsonb_object_agg(mission_id, size), '{}')
    from (
      select mission_id, sum(size)::int as size from p where mission_id is not null
      group by mission_id order by 2 desc, 1 limit $2::int
    ) m) as missions,
  (select count(distinct type) > $2::int or count(distinct mission_id) > $2::int from p) as truncated;

-- events_count_behind
-- $1 transaction
-- $2 number
-- $3 most
select count(*)::int as behind from (
  select from action_events where (transaction_id, number) > ($1::xid8, $2::bigint) and transaction_id < pg_snapshot_xmin(pg_current_snapshot()) order by transaction_id, number limit $3::int
) e;

-- events_read
-- $1 transaction
-- $2 number
-- $3 workspaces
-- $4 known
with recursive found as materialized (
  select array(
    select ctid from action_events where (transaction_id, number) > ($1::xid8, $2::bigint) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    order by transaction_id, number limit 200
  ) as places
), page as (
  select 0 as n, 0::bigint as bytes, null::text as transaction, null::text as number,
    null::uuid as workspace_id, null::text as event, null::text as action, null::text as state, false as is_known
  union all
  select page.n + 1, page.bytes + octet_length(one.event) + coalesce(octet_length(one.action), 0), one.transaction,
    one.number, one.workspace_id, one.event, one.action, one.state, one.is_known
  from page, found, lateral (
    select e.transaction_id::text as transaction, e.number::text as number, e.workspace_id,
      row_to_json(e)::text as event,
      case when not s.is_known and e.workspace_id = any($3::uuid[]) then (
        select row_to_json(r)::text from (select a.*, i.config_version as identity_version) r
      ) end as action,
      s.state, s.is_known
    from action_events e
    join actions a on a.id = e.action_id
    left join identities i on i.id = a.identity_id
    cross join lateral (
      select k.state, k.state = any($4::text[]) as is_known
      from (select concat_ws(' ', a.id, a.version, i.config_version) as state) k
    ) s
    where e.ctid = found.places[page.n + 1]
    offset 0 -- made once, however often it is named
  ) one
  where page.n < cardinality(found.places) and page.bytes < 262144
)
select (select cardinality(places) from found) as found, transaction, number, workspace_id, event, action, state,
  is_known
from page order by n;

-- events_read_missed
-- $1 transaction
-- $2 number
-- $3 upToTransaction
-- $4 upToNumber
-- $5 workspace
-- $6 known
with recursive found as materialized (
  select array(
    select ctid from action_events where (transaction_id, number) > ($1::xid8, $2::bigint) and (transaction_id, number) <= ($3::xid8, $4::bigint) and workspace_id = $5::uuid
    order by transaction_id, number limit 200
  ) as places
), page as (
  select 0 as n, 0::bigint as bytes, null::text as transaction, null::text as number,
    null::uuid as workspace_id, null::text as event, null::text as action, null::text as state, false as is_known
  union all
  select page.n + 1, page.bytes + octet_length(one.event) + coalesce(octet_length(one.action), 0), one.transaction,
    one.number, one.workspace_id, one.event, one.action, one.state, one.is_known
  from page, found, lateral (
    select e.transaction_id::text as transaction, e.number::text as number, e.workspace_id,
      row_to_json(e)::text as event,
      case when not s.is_known and true then (
        select row_to_json(r)::text from (select a.*, i.config_version as identity_version) r
      ) end as action,
      s.state, s.is_known
    from action_events e
    join actions a on a.id = e.action_id
    left join identities i on i.id = a.identity_id
    cross join lateral (
      select k.state, k.state = any($6::text[]) as is_known
      from (select concat_ws(' ', a.id, a.version, i.config_version) as state) k
    ) s
    where e.ctid = found.places[page.n + 1]
    offset 0 -- made once, however often it is named
  ) one
  where page.n < cardinality(found.places) and page.bytes < 262144
)
select (select cardinality(places) from found) as found, transaction, number, workspace_id, event, action, state,
  is_known
from page order by n;

-- export_complete
-- $1 counts
-- $2 id
update workspace_exports set completed_at = statement_timestamp(), counts = $1::jsonb where id = $2::uuid;

-- gateway_bind_call
-- $1 action
-- $2 id
-- $3 workspace
-- $4 generation
update gateway_calls set action_id = $1::uuid, updated_at = clock_timestamp()
where id = $2::uuid and workspace_id = $3::uuid and generation = $4::int and action_id is null;

-- gateway_claim_stale
-- $1 gateway
update gateway_servers set asked_at = clock_timestamp()
where gateway_id = $1::uuid and (asked_at is null or asked_at < clock_timestamp() - interval '60 seconds')
returning identity_id;

-- gateway_delete_old_calls
delete from gateway_calls where id in (
  select c.id from gateway_calls c
  where c.updated_at < statement_timestamp() - interval '48 hours' and not exists (
    select from actions a where a.id = c.action_id
      and (a.completed_at is null or a.completed_at > statement_timestamp() - interval '48 hours'))
  order by c.updated_at limit 1000 for update of c skip locked
) and updated_at < statement_timestamp() - interval '48 hours'
returning 1 as deleted;

-- gateway_delete_old_reads
delete from gateway_reads where ctid in (
  select ctid from gateway_reads where created_at < statement_timestamp() - interval '90 days'
  order by created_at limit 1000
) returning 1 as deleted;

-- gateway_find_call
-- $1 id
-- $2 workspace
-- $3 gateway
-- $4 agent
-- $5 callHash
insert into gateway_calls as c (id, workspace_id, gateway_id, agent_id, call_hash)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5)
on conflict (gateway_id, agent_id, call_hash) do update set updated_at = clock_timestamp()
returning c.id, c.generation, c.action_id, exists (
  select from actions a where a.id = c.action_id and (a.completed_at is null
    or (c.told_at is null and a.completed_at > clock_timestamp() - interval '1 hour'))
) as is_same;

-- gateway_find_denied
-- $1 agent
-- $2 tool
-- $3 identity
-- $4 workspace
with here as (
  select coalesce(t.access = 'denied', false) as is_denied, exists (
    select from gateway_agents a where a.gateway_id = s.gateway_id and a.agent_id = $1::uuid
  ) as is_own
  from gateway_servers s
  left join gateway_tools t on t.gateway_id = s.gateway_id and t.identity_id = s.identity_id and t.name = $2
  where s.identity_id = $3::uuid and s.workspace_id = $4::uuid
)
select coalesce(bool_and(is_denied) filter (where is_own), bool_or(is_denied), false) as denied from here;

-- gateway_next_call
-- $1 id
-- $2 workspace
-- $3 generation
update gateway_calls set generation = generation + 1, action_id = null, told_at = null, updated_at = clock_timestamp()
where id = $1::uuid and workspace_id = $2::uuid and generation = $3::int;

-- gateway_review_tool
-- $1 access
-- $2 by
-- $3 gateway
-- $4 identity
-- $5 name
-- $6 definitionHash
update gateway_tools set
  access = $1, reviewed_definition = definition, reviewed_semantics_hash = semantics_hash,
  reviewed_by = $2::jsonb, reviewed_at = clock_timestamp(), updated_at = clock_timestamp()
where gateway_id = $3::uuid and identity_id = $4::uuid and name = $5
  and definition_hash = $6
returning 1 as reviewed;

-- gateway_store_failure
-- $1 failure
-- $2 gateway
-- $3 identity
update gateway_servers set failure = $1
where gateway_id = $2::uuid and identity_id = $3::uuid;

-- gateway_store_tools
-- $1 gateway
-- $2 identity
-- $3 reviewer
-- $4 tools
-- $5 workspace
with server as (
  select gateway_id, identity_id, listed_at from gateway_servers
  where gateway_id = $1::uuid and identity_id = $2::uuid for update
), found as (
  select server.listed_at is null and $3::jsonb is not null as adopted, t.*
  from server, jsonb_to_recordset($4::jsonb)
    as t (name text, definition jsonb, definition_hash text, semantics jsonb, semantics_hash text)
), stored as (
  insert into gateway_tools as g (
    gateway_id, identity_id, name, workspace_id, definition, definition_hash, semantics, semantics_hash,
    reviewed_definition, reviewed_semantics_hash, reviewed_by, reviewed_at)
  select $1::uuid, $2::uuid, name, $5::uuid, definition, definition_hash, semantics,
    semantics_hash, case when adopted then definition end, case when adopted then semantics_hash end,
    case when adopted then $3::jsonb end, case when adopted then clock_timestamp() end
  from found
  on conflict (gateway_id, identity_id, name) do update set
    definition = excluded.definition, definition_hash = excluded.definition_hash,
    semantics = excluded.semantics, semantics_hash = excluded.semantics_hash,
    removed_at = null, updated_at = clock_timestamp()
  where g.definition_hash <> excluded.definition_hash or g.removed_at is not null
  returning 1
), removed as (
  update gateway_tools g set removed_at = clock_timestamp(), updated_at = clock_timestamp()
  from server
  where g.gateway_id = server.gateway_id and g.identity_id = server.identity_id and g.removed_at is null
    and not exists (select from found where found.name = g.name)
  returning 1
)
update gateway_servers s set listed_at = clock_timestamp(), failure = null
from server where s.gateway_id = server.gateway_id and s.identity_id = server.identity_id;

-- gateway_tell_result
-- $1 action
-- $2 workspace
update gateway_calls set told_at = clock_timestamp(), updated_at = clock_timestamp()
where action_id = $1::uuid and workspace_id = $2::uuid and told_at is null;

-- gateway_update
-- $1 name
-- $2 id
update gateways set name = coalesce($1, name), updated_at = clock_timestamp() where id = $2::uuid returning id;

-- idempotency_forget
delete from idempotency_keys where ctid in (
  select ctid from idempotency_keys where created_at < statement_timestamp() - interval '48 hours' limit 1000
) returning 1 as forgotten;

-- idempotency_keep
-- $1 workspace
-- $2 token
-- $3 key
-- $4 requestHash
insert into idempotency_keys as i (workspace_id, token_id, key, request_hash)
values ($1::uuid, $2::uuid, $3, $4)
on conflict (workspace_id, token_id, key) do update set key = i.key
returning (i.xmax = 0) as fresh, i.request_hash, i.snapshot;

-- idempotency_keep_reply
-- $1 workspace
-- $2 token
-- $3 key
-- $4 requestHash
-- $5 reply
insert into idempotency_keys as i (workspace_id, token_id, key, request_hash, snapshot)
values ($1::uuid, $2::uuid, $3, $4, $5::jsonb)
on conflict (workspace_id, token_id, key) do update set key = i.key
returning i.request_hash, i.snapshot;

-- identities_keys
select split_part(credentials, '.', 2) as key, count(*)::int as records
from identities where credentials is not null group by 1;

-- identities_reseal
-- $1 resealed
-- $2 owner
-- $3 name
-- $4 seen
update identities set credentials = $1
where workspace_id = $2::uuid and id = $3::uuid and credentials = $4 returning 1 as done;

-- identities_under_other_keys
-- $1 key
-- $2 after
select (workspace_id || '/' || id) collate "C" as cursor, workspace_id::text as owner, id::text as name, credentials as sealed
from identities
where credentials is not null and split_part(credentials, '.', 2) <> $1 and (workspace_id || '/' || id) collate "C" > $2
order by (workspace_id || '/' || id) collate "C" limit 100;

-- identity_claim_retry
-- $1 id
update identities set not_before = clock_timestamp() + least(30 * 2 ^ least(failures, 10), 1800) * interval '1 second'
where id = $1::uuid and status = 'failing' and (not_before is null or not_before <= clock_timestamp()) returning id;

-- identity_find
-- $1 id
-- $2 workspace
select i.* from identities i where i.id = $1::uuid and i.workspace_id = $2::uuid;

-- identity_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (select i.* from identities i where i.id = item."id"::uuid and i.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- identity_find_wait
-- $1 id
select extract(epoch from not_before - clock_timestamp())::float8 * 1000 as wait_ms from identities where id = $1::uuid;

-- identity_record_verification
-- $1 ok
-- $2 found
-- $3 id
-- $4 updatedAt
update identities set
  verified_at = clock_timestamp(),
  account = case when $1::boolean then $2 else account end,
  status = case when status = 'disabled' then status when $1 then 'active' else 'failing' end,
  failing_since = case when $1 then null else coalesce(failing_since, clock_timestamp()) end,
  failure = case when $1 then null else $2 end,
  failures = case when $1 then 0 else failures + 1 end,
  not_before = case when not $1 then greatest(not_before, clock_timestamp() + least(30 * 2 ^ least(failures, 10), 1800) * interval '1 second')
    when failures > 0 then null else not_before end
where id = $3::uuid and date_trunc('milliseconds', updated_at) = $4::timestamptz and deleted_at is null;

-- identity_retire
-- $1 id
-- $2 workspace
update identities set deleted_at = clock_timestamp(), status = 'disabled', credentials = null
where id = $1::uuid and workspace_id = $2::uuid and deleted_at is null returning id;

-- identity_take_slot
-- $1 identity
-- $2 action
-- $3 spansMs
-- $4 starts
-- $5 inlineWaitMaxMs
select started, wait_ms from take_slot($1::uuid, $2::uuid, $3::float8[], $4::int[], $5::int);

-- identity_throttle
-- $1 ms
-- $2 id
update identities set not_before = greatest(not_before, clock_timestamp() + $1::float8 * interval '1 ms')
where id = $2::uuid;

-- invitation_now
select clock_timestamp() as now;

-- invitation_revoke
-- $1 id
-- $2 workspace
update invitations set revoked_at = clock_timestamp()
where id = $1::uuid and workspace_id = $2::uuid and accepted_at is null and revoked_at is null returning id;

-- invitation_use
-- $1 user
-- $2 id
update invitations set accepted_at = clock_timestamp(), accepted_by = $1::uuid
where id = $2::uuid and accepted_at is null and revoked_at is null and expires_at > clock_timestamp() returning id;

-- is_future
-- $1 at
select $1::timestamptz > statement_timestamp() as future;

-- key_revoke
-- $1 id
update api_keys set revoked_at = clock_timestamp() where id = $1::uuid and revoked_at is null returning id;

-- key_revoke_invitations
-- $1 id
with recursive made as (
  select id from api_keys where made_by_key_id = $1::uuid
  union select k.id from api_keys k join made on k.made_by_key_id = made.id
)
update invitations i set revoked_at = clock_timestamp()
where (i.made_by_key_id = $1::uuid or i.made_by_key_id in (select id from made))
  and i.accepted_at is null and i.revoked_at is null returning i.id;

-- key_revoke_made
-- $1 id
with recursive made as (
  select id from api_keys where made_by_key_id = $1::uuid
  union select k.id from api_keys k join made on k.made_by_key_id = made.id
)
update api_keys k set revoked_at = clock_timestamp() from made
where k.id = made.id and k.revoked_at is null returning k.id;

-- legal_hold_release
-- $1 by
-- $2 hold
-- $3 workspace
update legal_holds set released_at = coalesce(released_at, statement_timestamp()),
  released_by = coalesce(released_by, $1::jsonb)
where id = $2::uuid and workspace_id = $3::uuid returning *;

-- member_invitations_revoke
-- $1 workspace
-- $2 user
update invitations set revoked_at = clock_timestamp()
where workspace_id = $1::uuid and made_by_person_id = $2::uuid and accepted_at is null and revoked_at is null;

-- member_keys_keep
-- $1 answersFor
-- $2 leaving
-- $3 workspace
update api_keys k set made_by_person_id = $1::uuid, made_by_key_id = (
  select maker.id from api_keys maker where maker.id = k.made_by_key_id and maker.person_id is distinct from $2::uuid)
where k.workspace_id = $3::uuid and k.made_by_person_id = $2::uuid and k.revoked_at is null returning k.id, k.scopes;

-- member_keys_revoke
-- $1 workspace
-- $2 user
update api_keys set revoked_at = clock_timestamp()
where workspace_id = $1::uuid and made_by_person_id = $2::uuid and revoked_at is null returning id;

-- members_lock
-- $1 id
select id from workspaces where id = $1::uuid for no key update;

-- notification_claim_digest
with due as (
    select 
n.workspace_id, w.name as workspace, n.user_id, coalesce(u.sign_in_email, u.email) as email, i.id as identity_id,
w.settings->'notification_mail'->>'inbox_url' as inbox_url, 0 as minutes, n.digest_date::text as previous 
from notification_settings n
join members m on m.workspace_id = n.workspace_id and m.user_id = n.user_id
join users u on u.id = n.user_id
join workspaces w on w.id = n.workspace_id
join identities i on i.workspace_id = n.workspace_id and i.id = (w.settings->'notification_mail'->>'identity_id')::uuid
    where 
m.role in ('owner', 'admin', 'reviewer') and i.status = 'active' and i.deleted_at is null
  and coalesce(i.not_before, '-infinity') <= clock_timestamp() and coalesce(n.not_before, '-infinity') <= clock_timestamp() and extract(hour from clock_timestamp() at time zone n.time_zone) >= n.digest_hour
      and coalesce(n.digest_date, '-infinity') < (clock_timestamp() at time zone n.time_zone)::date
    limit 1 for update of n skip locked
  )
  update notification_settings n set digest_date = (clock_timestamp() at time zone n.time_zone)::date
  from due where n.workspace_id = due.workspace_id and n.user_id = due.user_id
  returning 'digest' as kind, due.*, null as previous_through;

-- notification_claim_waiting
with due as (
    select 
n.workspace_id, w.name as workspace, n.user_id, coalesce(u.sign_in_email, u.email) as email, i.id as identity_id,
w.settings->'notification_mail'->>'inbox_url' as inbox_url, n.waiting_minutes as minutes, n.waiting_sent_at::text as previous,
      n.waiting_through::text as previous_through, late.newest
    
from notification_settings n
join members m on m.workspace_id = n.workspace_id and m.user_id = n.user_id
join users u on u.id = n.user_id
join workspaces w on w.id = n.workspace_id
join identities i on i.workspace_id = n.workspace_id and i.id = (w.settings->'notification_mail'->>'identity_id')::uuid
    cross join lateral (
      select max(coalesce(a.asked_at, a.created_at)) as newest from actions a
      where 
a.workspace_id = n.workspace_id and a.status = 'pending_approval'
  and (a.assignee is null or a.assignee->>'id' = format_user_id(n.user_id))
  and not exists (
    select from snoozes s where s.workspace_id = n.workspace_id and s.user_id = n.user_id and s.action_id = a.id
      and s.action_version = a.version and (s.until is null or s.until > clock_timestamp()))
        and coalesce(a.asked_at, a.created_at) <= clock_timestamp() - n.waiting_minutes * interval '1 minute'
    ) late
    where 
m.role in ('owner', 'admin', 'reviewer') and i.status = 'active' and i.deleted_at is null
  and coalesce(i.not_before, '-infinity') <= clock_timestamp() and coalesce(n.not_before, '-infinity') <= clock_timestamp() and n.waiting_minutes is not null
      and coalesce(n.waiting_sent_at, '-infinity') <= clock_timestamp() - n.waiting_minutes * interval '1 minute'
      and late.newest > coalesce(n.waiting_through, '-infinity')
    limit 1 for update of n skip locked
  )
  update notification_settings n set waiting_sent_at = clock_timestamp(), waiting_through = due.newest
  from due where n.workspace_id = due.workspace_id and n.user_id = due.user_id
  returning 'waiting' as kind, due.*;

-- notification_digest_start
-- $1 workspace
-- $2 member
update notification_settings n
set digest_date = greatest(n.digest_date, (clock_timestamp() at time zone n.time_zone)::date)
where workspace_id = $1::uuid and user_id = $2::uuid
  and extract(hour from clock_timestamp() at time zone n.time_zone) > n.digest_hour;

-- notification_return_digest
-- $1 previous
-- $2 minutes
-- $3 workspace
-- $4 user
update notification_settings set digest_date = $1::date,
  not_before = clock_timestamp() + $2::int * interval '1 minute'
where workspace_id = $3::uuid and user_id = $4::uuid;

-- notification_return_waiting
-- $1 previous
-- $2 through
-- $3 minutes
-- $4 workspace
-- $5 user
update notification_settings set waiting_sent_at = $1::timestamptz, waiting_through = $2::timestamptz,
  not_before = clock_timestamp() + $3::int * interval '1 minute'
where workspace_id = $4::uuid and user_id = $5::uuid;

-- notification_settings_get
-- $1 session
-- $2 workspace
-- $3 member
select coalesce(u.sign_in_email, u.email) as email, w.settings, n.digest_hour,
  coalesce(n.time_zone, 'UTC') as time_zone, n.waiting_minutes,
  exists (
    select from push_subscriptions p
    where p.session_id = $1::uuid and p.user_id = m.user_id and p.workspace_id = m.workspace_id) as subscribed
from members m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
left join notification_settings n on n.workspace_id = m.workspace_id and n.user_id = m.user_id
where m.workspace_id = $2::uuid and m.user_id = $3::uuid;

-- notification_settings_update
-- $1 changes
-- $2 workspace
-- $3 member
with c as (select $1::jsonb as c)
insert into notification_settings as n (workspace_id, user_id, digest_hour, time_zone, waiting_minutes)
select $2::uuid, $3::uuid, (c->>'digest_hour')::int, coalesce(c->>'time_zone', 'UTC'),
  (c->>'waiting_minutes')::int from c
on conflict (workspace_id, user_id) do update set
  digest_hour = case when $1::jsonb ? 'digest_hour' then excluded.digest_hour else n.digest_hour end,
  time_zone = case when $1::jsonb ? 'time_zone' then excluded.time_zone else n.time_zone end,
  waiting_minutes =
    case when $1::jsonb ? 'waiting_minutes' then excluded.waiting_minutes else n.waiting_minutes end,
  not_before = null;

-- notification_waiting_for
-- $1 workspace
-- $2 member
-- $3 minutes
-- $4 limit
select a.id, coalesce(a.preview->>'summary', a.preview->>'title', a.type) as title,
    extract(epoch from clock_timestamp() - coalesce(a.asked_at, a.created_at))::int as waited_s,
    (count(*) over ())::int as total
  from actions a, (select $1::uuid as workspace_id, $2::uuid as user_id) n
  where 
a.workspace_id = n.workspace_id and a.status = 'pending_approval'
  and (a.assignee is null or a.assignee->>'id' = format_user_id(n.user_id))
  and not exists (
    select from snoozes s where s.workspace_id = n.workspace_id and s.user_id = n.user_id and s.action_id = a.id
      and s.action_version = a.version and (s.until is null or s.until > clock_timestamp()))
    and coalesce(a.asked_at, a.created_at) <= clock_timestamp() - $3::int * interval '1 minute'
  order by coalesce(a.asked_at, a.created_at), a.id limit $4::int;

-- operator_session_end
-- $1 idHash
delete from operator_sessions where id_hash = $1;

-- operator_session_find
-- $1 idHash
with found as (
    select s.id_hash from operator_sessions s join (select distinct k.id from 
api_keys k join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
    and m.workspace_id = coalesce(k.workspace_id, m.workspace_id) and m.role in ('owner', 'admin') and coalesce(k.role, m.role) in ('owner', 'admin')
  and 'instance:operate' = any(k.scopes) and k.agent_id is null and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())) key on key.id = s.key_id
    where s.id_hash = $1 and not 
(s.expires_at <= statement_timestamp() or s.seen_at <= statement_timestamp() - interval '1800000 milliseconds')
  ), noted as (
    update operator_sessions s set seen_at = statement_timestamp() from found
    where s.id_hash = found.id_hash and s.seen_at < statement_timestamp() - interval '1 minute'
  )
  select id_hash from found;

-- operator_session_open
-- $1 keyHash
-- $2 formerHash
-- $3 idHash
with operator as (
    select distinct k.id from 
api_keys k join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
    and m.workspace_id = coalesce(k.workspace_id, m.workspace_id) and m.role in ('owner', 'admin') and coalesce(k.role, m.role) in ('owner', 'admin')
  and 'instance:operate' = any(k.scopes) and k.agent_id is null and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp()) where k.token_hash = $1
  ), swept as (
    delete from operator_sessions s using operator
    where 
(s.expires_at <= statement_timestamp() or s.seen_at <= statement_timestamp() - interval '1800000 milliseconds') or s.id_hash = $2 or s.id_hash in (
      select older.id_hash from operator_sessions older where older.key_id = operator.id
      order by older.created_at desc offset 9)
  )
  insert into operator_sessions (id_hash, key_id, seen_at, created_at, expires_at)
  select $3, id, statement_timestamp(), statement_timestamp(),
    statement_timestamp() + interval '28800000 milliseconds'
  from operator
  returning key_id;

-- pause_gate
select 1 as locked from pg_advisory_xact_lock(7105);

-- person_lock
-- $1 id
select id from users where id = $1::uuid for no key update;

-- person_workspaces_lock
-- $1 person
select w.id from workspaces w join members m on m.workspace_id = w.id where m.user_id = $1::uuid
order by w.id for no key update of w;

-- push_claim
with due as (
    select n.id, late.newest from push_subscriptions n
    join members m on m.workspace_id = n.workspace_id and m.user_id = n.user_id
    left join sessions s on s.id = n.session_id
    cross join lateral (
      select max(a.created_at) as newest from actions a
      where 
a.workspace_id = n.workspace_id and a.status = 'pending_approval'
  and (a.assignee is null or a.assignee->>'id' = format_user_id(n.user_id))
  and not exists (
    select from snoozes s where s.workspace_id = n.workspace_id and s.user_id = n.user_id and s.action_id = a.id
      and s.action_version = a.version and (s.until is null or s.until > clock_timestamp())) and a.created_at > n.pushed_through
    ) late
    where m.role in ('owner', 'admin', 'reviewer') and (n.session_id is null or s.expires_at > clock_timestamp())
      and coalesce(n.pushed_at, '-infinity') <= clock_timestamp() - interval '30 seconds'
      and late.newest > n.pushed_through
    limit 1 for update of n skip locked
  )
  update push_subscriptions n set pushed_at = clock_timestamp(), pushed_through = due.newest
  from due, workspaces w, users u where n.id = due.id and w.id = n.workspace_id and u.id = n.user_id
  returning n.id, n.workspace_id, n.user_id, n.sealed,
    coalesce(u.sign_in_email, u.email) as email, w.settings->'notification_mail'->>'inbox_url' as inbox_url;

-- push_forget
-- $1 id
delete from push_subscriptions where id = $1::uuid;

-- push_keys_get
-- $1 workspace
select id, public_key, private_key from push_keys where workspace_id = $1::uuid;

-- push_keys_keep
-- $1 id
-- $2 workspace
-- $3 public_key
-- $4 private_key
insert into push_keys (id, workspace_id, public_key, private_key)
values ($1::uuid, $2::uuid, $3, $4) on conflict (workspace_id) do nothing;

-- push_keys_keys
select split_part(private_key, '.', 2) as key, count(*)::int as records
from push_keys where private_key is not null group by 1;

-- push_keys_reseal
-- $1 resealed
-- $2 owner
-- $3 name
-- $4 seen
update push_keys set private_key = $1
where workspace_id = $2::uuid and id = $3::uuid and private_key = $4 returning 1 as done;

-- push_keys_under_other_keys
-- $1 key
-- $2 after
select (workspace_id || '/' || id) collate "C" as cursor, workspace_id::text as owner, id::text as name, private_key as sealed
from push_keys
where private_key is not null and split_part(private_key, '.', 2) <> $1 and (workspace_id || '/' || id) collate "C" > $2
order by (workspace_id || '/' || id) collate "C" limit 100;

-- push_subscribe
-- $1 endpointHash
-- $2 workspace
-- $3 member
-- $4 id
-- $5 session
-- $6 sealed
with oldest as (
  delete from push_subscriptions where endpoint_hash <> $1 and id in (
    select id from push_subscriptions where workspace_id = $2::uuid and user_id = $3::uuid
    order by created_at desc offset 19)
)
insert into push_subscriptions (id, workspace_id, user_id, session_id, endpoint_hash, sealed)
values ($4::uuid, $2::uuid, $3::uuid, $5::uuid, $1, $6)
on conflict (endpoint_hash) do update set id = excluded.id, workspace_id = excluded.workspace_id,
  user_id = excluded.user_id, session_id = excluded.session_id, sealed = excluded.sealed,
  created_at = clock_timestamp(), pushed_at = null, pushed_through = clock_timestamp();

-- push_subscriptions_keys
select split_part(sealed, '.', 2) as key, count(*)::int as records
from push_subscriptions where sealed is not null group by 1;

-- push_subscriptions_reseal
-- $1 resealed
-- $2 owner
-- $3 name
-- $4 seen
update push_subscriptions set sealed = $1
where workspace_id = $2::uuid and id = $3::uuid and sealed = $4 returning 1 as done;

-- push_subscriptions_under_other_keys
-- $1 key
-- $2 after
select (workspace_id || '/' || id) collate "C" as cursor, workspace_id::text as owner, id::text as name, sealed as sealed
from push_subscriptions
where sealed is not null and split_part(sealed, '.', 2) <> $1 and (workspace_id || '/' || id) collate "C" > $2
order by (workspace_id || '/' || id) collate "C" limit 100;

-- push_unsubscribe
-- $1 workspace
-- $2 member
-- $3 endpointHash
delete from push_subscriptions
where workspace_id = $1::uuid and user_id = $2::uuid and endpoint_hash = $3;

-- reader_report
-- $1 action
-- $2 workspace
-- $3 member
insert into readers (workspace_id, user_id, action_id, seen_at)
select workspace_id, user_id, $1::uuid, clock_timestamp() from members
where workspace_id = $2::uuid and user_id = $3::uuid
on conflict (workspace_id, user_id) do update set action_id = excluded.action_id, seen_at = excluded.seen_at;

-- readers_others
-- $1 action
-- $2 member
select r.user_id, u.name, r.seen_at from readers r join users u on u.id = r.user_id
where r.action_id = $1::uuid and r.user_id <> $2::uuid
  and r.seen_at > clock_timestamp() - 12 * interval '1 s'
order by u.name, r.user_id limit 20;

-- retention_delete
-- $1 ids
delete from actions where id = any($1::uuid[]) and completed_at is not null returning id;

-- retention_delete_action_events
-- $1 ids
delete from action_events where action_id = any($1::uuid[]);

-- retention_delete_gateway_calls
-- $1 ids
delete from gateway_calls where action_id = any($1::uuid[]);

-- retention_delete_readers
-- $1 ids
delete from readers where action_id = any($1::uuid[]);

-- retention_delete_snoozes
-- $1 ids
delete from snoozes where action_id = any($1::uuid[]);

-- retention_find_overdue
select w.id as workspace, 'delete_redacted' as kind, found.id, found.completed_at::text,
  extract(epoch from statement_timestamp() - found.completed_at)::float8 - (w.settings->'retention'->>'actions_days')::int * 86400.0 as seconds
from workspaces w cross join lateral (
  select a.id, a.completed_at from actions a
  where a.workspace_id = w.id and a.completed_at is not null
    and a.completed_at < statement_timestamp() - (w.settings->'retention'->>'actions_days')::int * interval '24 hours' and a.redaction is not null and (a.again_of is null or not exists (select from actions f where f.id = a.again_of)) and a.updated_at < statement_timestamp() - interval '72 hours'
    and a.status_reason is distinct from 'outcome_unknown' and not exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null))
  order by a.completed_at, a.id limit 1
) found
where (w.settings->'retention'->>'actions_days')::int is not null
union all
select w.id as workspace, 'delete_unredacted' as kind, found.id, found.completed_at::text,
  extract(epoch from statement_timestamp() - found.completed_at)::float8 - (w.settings->'retention'->>'actions_days')::int * 86400.0 as seconds
from workspaces w cross join lateral (
  select a.id, a.completed_at from actions a
  where a.workspace_id = w.id and a.completed_at is not null
    and a.completed_at < statement_timestamp() - (w.settings->'retention'->>'actions_days')::int * interval '24 hours' and a.redaction is null and (a.again_of is null or not exists (select from actions f where f.id = a.again_of)) and a.updated_at < statement_timestamp() - interval '72 hours'
    and a.status_reason is distinct from 'outcome_unknown' and not exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null))
  order by a.completed_at, a.id limit 1
) found
where (w.settings->'retention'->>'actions_days')::int is not null
union all
select w.id as workspace, 'redact' as kind, found.id, found.completed_at::text,
  extract(epoch from statement_timestamp() - found.completed_at)::float8 - (w.settings->'retention'->>'params_days')::int * 86400.0 as seconds
from workspaces w cross join lateral (
  select a.id, a.completed_at from actions a
  where a.workspace_id = w.id and a.completed_at is not null
    and a.completed_at < statement_timestamp() - (w.settings->'retention'->>'params_days')::int * interval '24 hours' and a.redaction is null and a.updated_at < statement_timestamp() - interval '72 hours'
    and a.status_reason is distinct from 'outcome_unknown' and not exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null))
  order by a.completed_at, a.id limit 1
) found
where (w.settings->'retention'->>'params_days')::int is not null;

-- retention_lock
-- $1 workspace
select (w.settings->'retention'->>'params_days')::int as params_days, (w.settings->'retention'->>'actions_days')::int as actions_days
from workspaces w where w.id = $1::uuid for share;

-- retention_lock_out
-- $1 workspace
select 1 as locked from workspaces where id = $1::uuid for no key update;

-- retention_redact
-- $1 rows
-- $2 reason
with given as (
  select * from jsonb_to_recordset($1::jsonb) as given(id uuid, params_hash text)
), redacted as (
  update actions a set
    params = '{}', resolved = '{}', original_params = null, user_edits = null, preview = null, agent_preview = null,
    result = null, description = null, metadata = '{}',
    error = case when a.error is not null then a.error || '{"message": "Redacted."}' end,
    approval = case when a.approval is not null then a.approval || '{"comment": null, "edits": null}' end,
    redaction = jsonb_build_object('at', statement_timestamp(), 'reason', $2::text,
      'params_hash', coalesce(a.cleared_hash, given.params_hash))
  from given where a.id = given.id and a.redaction is null and a.completed_at is not null
  returning a.id
), events as (
  update action_events e set data = coalesce((
    select jsonb_object_agg(key, value) from jsonb_each(e.data)
    where key = any('{via,decision,outcome,code,retryable,params_hash,card_digest,hold_seconds,crashes,counted,delay_ms,reconciled,reason,assignee}'::text[])), '{}')
  from redacted where e.action_id = redacted.id and e.data <> '{}'
)
select count(*)::int from redacted;

-- retention_take_redacted
-- $1 workspace
-- $2 days
-- $3 time
-- $4 id
with looked as materialized (
  select a.id from actions a
  where a.workspace_id = $1::uuid and a.completed_at is not null
    and a.completed_at < statement_timestamp() - $2::int * interval '24 hours' and a.redaction is not null
    and (a.completed_at, a.id) >= ($3::timestamptz, $4::uuid)
  order by a.completed_at, a.id limit 500
), taken as materialized (
  select a.* from actions a
  where a.id = any(array(select id from looked)) and a.redaction is not null and a.updated_at < statement_timestamp() - interval '72 hours'
    and a.status_reason is distinct from 'outcome_unknown' and not exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null)) and (a.again_of is null or not exists (select from actions f where f.id = a.again_of))
  for update of a skip locked
) select id from taken;

-- retention_take_to_redact
-- $1 workspace
-- $2 days
-- $3 time
-- $4 id
with looked as materialized (
  select a.id from actions a
  where a.workspace_id = $1::uuid and a.completed_at is not null
    and a.completed_at < statement_timestamp() - $2::int * interval '24 hours' and a.redaction is null
    and (a.completed_at, a.id) >= ($3::timestamptz, $4::uuid)
  order by a.completed_at, a.id limit 500
), taken as materialized (
  select a.* from actions a
  where a.id = any(array(select id from looked)) and a.redaction is null and a.updated_at < statement_timestamp() - interval '72 hours'
    and a.status_reason is distinct from 'outcome_unknown' and not exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null))
  for update of a skip locked
), measured as (
  select a.*, sum(case when a.cleared_hash is null then pg_column_size(a.params) + coalesce(pg_column_size(a.user_edits), 0) else 0 end) over (order by a.completed_at, a.id) - case when a.cleared_hash is null then pg_column_size(a.params) + coalesce(pg_column_size(a.user_edits), 0) else 0 end as bytes_before from taken a
)
select m.id, i.config_version as identity_version,
  case when m.cleared_hash is null then to_jsonb(m) - '{preview,agent_preview,result,bytes_before}'::text[] end as action
from measured m left join identities i on i.id = m.identity_id
where m.bytes_before < 4194304;

-- retention_take_unredacted
-- $1 workspace
-- $2 days
-- $3 time
-- $4 id
with looked as materialized (
  select a.id from actions a
  where a.workspace_id = $1::uuid and a.completed_at is not null
    and a.completed_at < statement_timestamp() - $2::int * interval '24 hours' and a.redaction is null
    and (a.completed_at, a.id) >= ($3::timestamptz, $4::uuid)
  order by a.completed_at, a.id limit 500
), taken as materialized (
  select a.* from actions a
  where a.id = any(array(select id from looked)) and a.redaction is null and a.updated_at < statement_timestamp() - interval '72 hours'
    and a.status_reason is distinct from 'outcome_unknown' and not exists (
    select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
      and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
        or coalesce(h.action_id, h.run_id, h.mission_id) is null)) and (a.again_of is null or not exists (select from actions f where f.id = a.again_of))
  for update of a skip locked
) select id from taken;

-- run_find
-- $1 id
-- $2 workspace
select r.* from agent_runs r where r.id = $1::uuid and r.workspace_id = $2::uuid;

-- run_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (select r.* from agent_runs r where r.id = item."id"::uuid and r.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- session_end
-- $1 tokenHash
delete from sessions where token_hash = $1;

-- session_find
-- $1 tokenHash
select s.id, 'session' as kind, m.workspace_id, null as key_name, null as scopes, null as key_role, true as decides,
  m.workspace_id = (select h.workspace_id from members h where h.user_id = s.user_id
    order by h.created_at, h.workspace_id limit 1) as is_home,
  null as expires_at, m.user_id as answers_for_id, m.role as member_role,
  exists (select from api_keys k where k.person_id = s.user_id and 'instance:operate' = any(k.scopes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())) as operates,
  p.id as person_id, p.email, p.name as person_name, null as agent_id, null as agent_name, null as agent_enabled
from sessions s
join members m on m.user_id = s.user_id
join users p on p.id = s.user_id where s.token_hash = $1 and s.expires_at > statement_timestamp();

-- session_find_active
-- $1 ids
select s.id, m.workspace_id from sessions s join members m on m.user_id = s.user_id
where s.id = any($1::uuid[]) and s.expires_at > statement_timestamp();

-- session_find_current
-- $1 id
-- $2 workspace
select s.id, 'session' as kind, m.workspace_id, null as key_name, null as scopes, null as key_role, true as decides,
  m.workspace_id = (select h.workspace_id from members h where h.user_id = s.user_id
    order by h.created_at, h.workspace_id limit 1) as is_home,
  null as expires_at, m.user_id as answers_for_id, m.role as member_role,
  exists (select from api_keys k where k.person_id = s.user_id and 'instance:operate' = any(k.scopes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())) as operates,
  p.id as person_id, p.email, p.name as person_name, null as agent_id, null as agent_name, null as agent_enabled
from sessions s
join members m on m.user_id = s.user_id
join users p on p.id = s.user_id where s.id = $1::uuid and m.workspace_id = $2::uuid and s.expires_at > statement_timestamp();

-- session_find_current_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (

select s.id, 'session' as kind, m.workspace_id, null as key_name, null as scopes, null as key_role, true as decides,
  m.workspace_id = (select h.workspace_id from members h where h.user_id = s.user_id
    order by h.created_at, h.workspace_id limit 1) as is_home,
  null as expires_at, m.user_id as answers_for_id, m.role as member_role,
  exists (select from api_keys k where k.person_id = s.user_id and 'instance:operate' = any(k.scopes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())) as operates,
  p.id as person_id, p.email, p.name as person_name, null as agent_id, null as agent_name, null as agent_enabled
from sessions s
join members m on m.user_id = s.user_id
join users p on p.id = s.user_id where s.id = item."id"::uuid and m.workspace_id = item."workspace"::uuid and s.expires_at > statement_timestamp()
) one offset 0) found;

-- session_find_person
-- $1 tokenHash
select s.id as key_id, 'session' as kind, p.id, p.email, p.name from sessions s join users p on p.id = s.user_id
where s.token_hash = $1 and s.expires_at > statement_timestamp();

-- session_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "tokenHash" text) cross join lateral (select * from (
select s.id, 'session' as kind, m.workspace_id, null as key_name, null as scopes, null as key_role, true as decides,
  m.workspace_id = (select h.workspace_id from members h where h.user_id = s.user_id
    order by h.created_at, h.workspace_id limit 1) as is_home,
  null as expires_at, m.user_id as answers_for_id, m.role as member_role,
  exists (select from api_keys k where k.person_id = s.user_id and 'instance:operate' = any(k.scopes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())) as operates,
  p.id as person_id, p.email, p.name as person_name, null as agent_id, null as agent_name, null as agent_enabled
from sessions s
join members m on m.user_id = s.user_id
join users p on p.id = s.user_id where s.token_hash = item."tokenHash" and s.expires_at > statement_timestamp()
) one offset 0) found;

-- session_open
-- $1 user
-- $2 id
-- $3 tokenHash
-- $4 ipAddress
-- $5 userAgent
with swept as (
  delete from sessions s where s.user_id = $1::uuid and (s.expires_at <= statement_timestamp() or s.id in (
    select older.id from sessions older where older.user_id = $1::uuid
    order by older.created_at desc offset 49))
)
insert into sessions (id, user_id, token_hash, ip_address, user_agent, created_at, expires_at)
values ($2::uuid, $1::uuid, $3, $4, $5, statement_timestamp(), statement_timestamp() + interval '7 days')
returning id, created_at, expires_at;

-- session_revoke
-- $1 id
-- $2 user
delete from sessions where id = $1::uuid and user_id = $2::uuid returning *;

-- settings_update
-- $1 changes
-- $2 workspace
update workspaces set settings = settings || $1::jsonb where id = $2::uuid returning settings;

-- sign_in_link_make
-- $1 user
-- $2 id
-- $3 tokenHash
with former as (delete from sign_in_links where user_id = $1::uuid)
insert into sign_in_links (id, user_id, token_hash, created_at, expires_at)
values ($2::uuid, $1::uuid, $3, statement_timestamp(), statement_timestamp() + interval '15 minutes');

-- sign_in_link_use
-- $1 tokenHash
update sign_in_links set used_at = clock_timestamp()
where token_hash = $1 and used_at is null and expires_at > clock_timestamp() returning user_id;

-- snooze_delete
-- $1 workspace
-- $2 member
-- $3 action
delete from snoozes where workspace_id = $1::uuid and user_id = $2::uuid and action_id = $3::uuid;

-- snooze_forget_ended
-- $1 workspace
-- $2 member
delete from snoozes s using actions a
where s.workspace_id = $1::uuid and s.user_id = $2::uuid and a.id = s.action_id
  and (a.version <> s.action_version or s.until <= clock_timestamp());

-- snooze_list
-- $1 workspace
-- $2 member
-- $3 limit
-- $4 skip
with mine as (
  select s.action_id, s.until from snoozes s join actions a on a.id = s.action_id and a.version = s.action_version
  where s.workspace_id = $1::uuid and s.user_id = $2::uuid and (s.until is null or s.until > clock_timestamp())
)
select (select count(*)::int from mine) as total, page.*
from (select 1) one left join (
  select * from mine order by until nulls last, action_id limit $3::int offset $4::int
) page on true;

-- snooze_put
-- $1 workspace
-- $2 member
-- $3 action
-- $4 version
-- $5 until
insert into snoozes (workspace_id, user_id, action_id, action_version, until)
select $1::uuid, $2::uuid, $3::uuid, $4::int, $5::timestamptz
where $5::timestamptz is null or $5::timestamptz > clock_timestamp()
on conflict (workspace_id, user_id, action_id)
  do update set action_version = excluded.action_version, until = excluded.until
returning until;

-- task_lock
-- $1 id
select id from tasks where id = $1::uuid for no key update;

-- thread_find
-- $1 workspace
-- $2 id
-- $3 contact
-- $4 message
select t.id, t.contact_id, t.subject, t.last_message_id, t.updated_at,
  array(select m.message_id from email_messages m where m.thread_id = t.id order by m.at) as message_ids,
  (select max(m.recorded_at) from email_messages m where m.thread_id = t.id and m.direction = 'inbound')
    as last_inbound_at
from email_threads t
where t.workspace_id = $1::uuid and (t.id = $2::uuid or t.contact_id = $3::uuid or t.id = (
  select m.thread_id from email_messages m where m.workspace_id = $1::uuid and m.message_id = $4::text))
order by t.updated_at desc, t.id desc limit 1;

-- thread_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "workspace" uuid, "id" uuid, "contact" uuid, "message" text) cross join lateral (select * from (
select t.id, t.contact_id, t.subject, t.last_message_id, t.updated_at,
  array(select m.message_id from email_messages m where m.thread_id = t.id order by m.at) as message_ids,
  (select max(m.recorded_at) from email_messages m where m.thread_id = t.id and m.direction = 'inbound')
    as last_inbound_at
from email_threads t
where t.workspace_id = item."workspace"::uuid and (t.id = item."id"::uuid or t.contact_id = item."contact"::uuid or t.id = (
  select m.thread_id from email_messages m where m.workspace_id = item."workspace"::uuid and m.message_id = item."message"::text))
order by t.updated_at desc, t.id desc limit 1
) one offset 0) found;

-- token_find
-- $1 tokenHash
select k.id, k.kind, m.workspace_id, m.workspace_id = k.home_workspace_id as is_home, k.name as key_name, k.scopes,
  k.role as key_role, k.decides, k.expires_at, m.user_id as answers_for_id, m.role as member_role,
  p.id as person_id, p.email, p.name as person_name,
  g.id as agent_id, g.name as agent_name, g.enabled as agent_enabled
from api_keys k
join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
  and m.workspace_id = coalesce(k.workspace_id, m.workspace_id)
left join users p on p.id = k.person_id
left join agents g on g.id = k.agent_id where k.token_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp());

-- token_find_active
-- $1 ids
select k.id, m.workspace_id from api_keys k join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
  and m.workspace_id = coalesce(k.workspace_id, m.workspace_id) left join agents g on g.id = k.agent_id
where k.id = any($1::uuid[]) and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp()) and g.enabled is not false;

-- token_find_current
-- $1 id
-- $2 workspace
select k.id, k.kind, m.workspace_id, m.workspace_id = k.home_workspace_id as is_home, k.name as key_name, k.scopes,
  k.role as key_role, k.decides, k.expires_at, m.user_id as answers_for_id, m.role as member_role,
  p.id as person_id, p.email, p.name as person_name,
  g.id as agent_id, g.name as agent_name, g.enabled as agent_enabled
from api_keys k
join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
  and m.workspace_id = coalesce(k.workspace_id, m.workspace_id)
left join users p on p.id = k.person_id
left join agents g on g.id = k.agent_id where k.id = $1::uuid and m.workspace_id = $2::uuid and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp());

-- token_find_current_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (
select k.id, k.kind, m.workspace_id, m.workspace_id = k.home_workspace_id as is_home, k.name as key_name, k.scopes,
  k.role as key_role, k.decides, k.expires_at, m.user_id as answers_for_id, m.role as member_role,
  p.id as person_id, p.email, p.name as person_name,
  g.id as agent_id, g.name as agent_name, g.enabled as agent_enabled
from api_keys k
join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
  and m.workspace_id = coalesce(k.workspace_id, m.workspace_id)
left join users p on p.id = k.person_id
left join agents g on g.id = k.agent_id where k.id = item."id"::uuid and m.workspace_id = item."workspace"::uuid and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())
) one offset 0) found;

-- token_find_person
-- $1 tokenHash
select k.id as key_id, k.kind, p.id, p.email, p.name from api_keys k left join users p on p.id = k.person_id
where k.token_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp());

-- token_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "tokenHash" text) cross join lateral (select * from (
select k.id, k.kind, m.workspace_id, m.workspace_id = k.home_workspace_id as is_home, k.name as key_name, k.scopes,
  k.role as key_role, k.decides, k.expires_at, m.user_id as answers_for_id, m.role as member_role,
  p.id as person_id, p.email, p.name as person_name,
  g.id as agent_id, g.name as agent_name, g.enabled as agent_enabled
from api_keys k
join members m on m.user_id = coalesce(k.person_id, k.made_by_person_id)
  and m.workspace_id = coalesce(k.workspace_id, m.workspace_id)
left join users p on p.id = k.person_id
left join agents g on g.id = k.agent_id where k.token_hash = item."tokenHash" and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())
) one offset 0) found;

-- tool_delete
-- $1 workspace
-- $2 name
update tools set deleted_at = clock_timestamp(), updated_at = clock_timestamp()
where workspace_id = $1::uuid and name = $2 and deleted_at is null returning *;

-- tool_find
-- $1 workspace
-- $2 name
select t.* from tools t
where t.workspace_id = $1::uuid and t.name = $2::text and t.deleted_at is null;

-- tool_find_names
-- $1 workspace
select t.name from tools t where t.workspace_id = $1::uuid and t.deleted_at is null
order by t.name limit 50;

-- tool_find_names_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "workspace" uuid) cross join lateral (select * from (
select t.name from tools t where t.workspace_id = item."workspace"::uuid and t.deleted_at is null
order by t.name limit 50
) one offset 0) found;

-- tool_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "workspace" uuid, "name" text) cross join lateral (select * from (
select t.* from tools t
where t.workspace_id = item."workspace"::uuid and t.name = item."name"::text and t.deleted_at is null
) one offset 0) found;

-- tool_register
-- $1 workspace
-- $2 name
-- $3 url
-- $4 inputSchema
-- $5 idempotent
-- $6 secret
insert into tools as t (workspace_id, name, url, input_schema, idempotent, secret)
values ($1::uuid, $2, $3, $4::jsonb, $5::boolean, $6)
on conflict (workspace_id, name) do update set
  version = t.version + 1, url = excluded.url, input_schema = excluded.input_schema, idempotent = excluded.idempotent,
  secret = case when t.deleted_at is null then t.secret else excluded.secret end,
  deleted_at = null, updated_at = clock_timestamp()
returning *;

-- tools_keys
select split_part(secret, '.', 2) as key, count(*)::int as records
from tools where secret is not null group by 1;

-- tools_reseal
-- $1 resealed
-- $2 owner
-- $3 name
-- $4 seen
update tools set secret = $1
where workspace_id = $2::uuid and name = $3::text and secret = $4 returning 1 as done;

-- tools_under_other_keys
-- $1 key
-- $2 after
select (workspace_id || '/' || name) collate "C" as cursor, workspace_id::text as owner, name::text as name, secret as sealed
from tools
where secret is not null and split_part(secret, '.', 2) <> $1 and (workspace_id || '/' || name) collate "C" > $2
order by (workspace_id || '/' || name) collate "C" limit 100;

-- unsubscribed_find
-- $1 workspace
-- $2 addresses
select u.email from unsubscribed_addresses u
where u.workspace_id = $1::uuid and u.email = any($2::text[]);

-- unsubscribed_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "workspace" uuid, "addresses" text[]) cross join lateral (select * from (
select u.email from unsubscribed_addresses u
where u.workspace_id = item."workspace"::uuid and u.email = any(item."addresses"::text[])
) one offset 0) found;

-- view_delete
-- $1 view
-- $2 workspace
-- $3 member
-- $4 administrates
delete from views where id = $1::uuid and workspace_id = $2::uuid
and (user_id = $3::uuid or (shared and $4::boolean)) returning *;

-- views_lock_member
-- $1 workspace
-- $2 member
select 1 as locked from members where workspace_id = $1::uuid and user_id = $2::uuid for no key update;

-- webhook_claim_deliveries
-- $1 webhooks
-- $2 leaseMs
-- $3 count
with candidates as (
  select one.id from unnest($1::uuid[]) w(id) cross join lateral (
    select first.id from (
      select action_id, min(due_at) as due_at from (
        select action_id, due_at from webhook_deliveries
        where webhook_id = w.id and status = 'pending' and due_at <= statement_timestamp()
        order by due_at limit 500
      ) due group by action_id
    ) due cross join lateral (
      select o.id from webhook_deliveries o
      where o.action_id = due.action_id and o.webhook_id::text = w.id::text and o.completed_at is null and o.due_at <= statement_timestamp()
      order by o.version limit 1
    ) first
    where not exists (
      select from webhook_deliveries o where o.action_id = due.action_id and o.webhook_id::text = w.id::text and o.completed_at is null and o.lease_until > statement_timestamp() offset 0)
    order by due.due_at
    limit greatest(0, 8 - (
      select count(*) from webhook_deliveries f
      where f.webhook_id = w.id and f.status = 'pending' and f.lease_until > statement_timestamp()
        and f.due_at > statement_timestamp()
        and f.due_at <= statement_timestamp() + $2::int * interval '1 ms'))
  ) one
  limit $3::int
), locked as (
  select d.id from webhook_deliveries d
  where d.id in (select id from candidates) and d.status = 'pending' and d.due_at <= statement_timestamp()
  for no key update skip locked
), claimed as (
  update webhook_deliveries d set attempts = d.attempts + 1, fence = d.fence + 1,
    lease_until = statement_timestamp() + $2::int * interval '1 ms',
    due_at = statement_timestamp() + $2::int * interval '1 ms'
  from locked l where d.id = l.id
  returning d.*
)
select c.id::text, c.workspace_id::text, c.webhook_id::text, c.action_id::text, c.version, c.attempts, c.fence, c.log, w.url,
  to_jsonb(e) as event, a.type as action_type,
  (
    select jsonb_agg(jsonb_build_object('id', s.id, 'secret', s.secret) order by s.created_at desc)
    from webhook_secrets s
    where s.webhook_id = w.id and (s.expires_at is null or s.expires_at > statement_timestamp())
  ) as secrets
from claimed c join webhooks w on w.id = c.webhook_id
left join action_events e on e.action_id = c.action_id and e.version = c.version
left join actions a on a.id = c.action_id;

-- webhook_delete_expired_secrets
delete from webhook_secrets where expires_at <= statement_timestamp() returning 1 as deleted;

-- webhook_delete_old_deliveries
delete from webhook_deliveries where ctid = any(array(
  select ctid from webhook_deliveries where created_at < statement_timestamp() - interval '30 days'
  order by created_at limit 1000
)) returning 1 as deleted;

-- webhook_delivery_replay
-- $1 id
-- $2 workspace
update webhook_deliveries set status = 'pending', attempts = 0, due_at = statement_timestamp(), lease_until = null, completed_at = null
where id = $1::uuid and workspace_id = $2::uuid and (lease_until is null or lease_until <= statement_timestamp()) returning id;

-- webhook_delivery_replay_failed
-- $1 webhook
-- $2 workspace
-- $3 since
update webhook_deliveries set status = 'pending', attempts = 0, due_at = statement_timestamp(), lease_until = null, completed_at = null where id in (
  select id from webhook_deliveries
  where webhook_id = $1::uuid and workspace_id = $2::uuid and status = 'failed' and created_at >= $3::timestamptz
  order by created_at limit 10000 for no key update skip locked
) returning id;

-- webhook_lock
-- $1 id
-- $2 workspace
select id from webhooks where id = $1::uuid and workspace_id = $2::uuid for no key update;

-- webhook_lock_due
-- $1 count
select w.id::text from webhooks w
where w.disabled_reason is null and exists (
  select from webhook_deliveries d
  where d.webhook_id = w.id and d.status = 'pending' and d.due_at <= statement_timestamp())
order by random() limit $1::int
for no key update skip locked;

-- webhook_measure_deliveries
select extract(epoch from statement_timestamp() - min(oldest.created_at))::float8 as seconds
from webhooks w cross join lateral (
  select created_at from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending'
  order by due_at limit 10000
) oldest
where w.disabled_reason is null;

-- webhook_record_attempt
-- $1 status
-- $2 delayMs
-- $3 log
-- $4 attempt
-- $5 id
-- $6 fence
-- $7 gone
-- $8 failingMaxMs
with recorded as (
  update webhook_deliveries set status = $1, lease_until = null,
    due_at = statement_timestamp() + $2::float8 * interval '1 ms',
    log = $3::jsonb || jsonb_build_array(
      jsonb_build_object('at', to_char(statement_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      || $4::jsonb),
    completed_at = case when $1 <> 'pending' then statement_timestamp() end
  where id = $5::uuid and fence = $6::int and status = 'pending'
  returning webhook_id
), noted as (
  update webhooks w set
    failing_since = case when $1 <> 'delivered' then coalesce(failing_since, statement_timestamp()) end,
    disabled_reason = 
    case
      when $7::boolean then 'gone'
      when $1 <> 'delivered'
        and w.failing_since <= statement_timestamp() - $8::float8 * interval '1 ms' then 'failing'
    end,
    disabled_at = case when 
    case
      when $7::boolean then 'gone'
      when $1 <> 'delivered'
        and w.failing_since <= statement_timestamp() - $8::float8 * interval '1 ms' then 'failing'
    end is not null then statement_timestamp() end
  from recorded r
  where w.id = r.webhook_id and w.disabled_reason is null
    and (
    case
      when $7::boolean then 'gone'
      when $1 <> 'delivered'
        and w.failing_since <= statement_timestamp() - $8::float8 * interval '1 ms' then 'failing'
    end is not null or (w.failing_since is null) <> ($1 = 'delivered'))
  returning w.disabled_reason
)
select (select disabled_reason from noted) as disabled_reason from recorded;

-- webhook_record_deliveries
with cursor as materialized (
  select transaction_id, number from webhook_cursor
  where exists (select from webhooks where disabled_reason is null)
  for update skip locked
), page as materialized (
  select action_id, version, workspace_id, event, at, transaction_id, number from action_events
  where (transaction_id, number) > ((select transaction_id from cursor), (select number from cursor)) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  order by transaction_id, number limit 1000
), recorded as (
  insert into webhook_deliveries (workspace_id, webhook_id, action_id, version, event, due_at, created_at)
  select p.workspace_id, w.id, p.action_id, p.version, p.event, statement_timestamp(), statement_timestamp()
  from page p join webhooks w on w.workspace_id = p.workspace_id
  where w.disabled_reason is null and p.at >= w.events_since
    and (w.events = '{}' or p.event = any(w.events))
  on conflict do nothing
  returning 1
), moved as (
  update webhook_cursor c set transaction_id = last.transaction_id, number = last.number
  from (select transaction_id, number from page order by transaction_id desc, number desc limit 1) last
  returning 1
)
select (select count(*)::int from page) as read, (select count(*)::int from recorded) as recorded,
  coalesce((select transaction_id > pg_snapshot_xmin(pg_current_snapshot()) from cursor), false) as ahead;

-- webhook_restart_cursor
update webhook_cursor set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), number = 0
where transaction_id > pg_snapshot_xmin(pg_current_snapshot()) returning 1 as moved;

-- webhook_secret_delete_expired
-- $1 webhook
delete from webhook_secrets where webhook_id = $1::uuid and expires_at <= statement_timestamp() returning id;

-- webhook_secret_expire
-- $1 overlapMs
-- $2 webhook
update webhook_secrets set expires_at = statement_timestamp() + $1::float8 * interval '1 ms'
where webhook_id = $2::uuid
  and (expires_at is null or expires_at > statement_timestamp() + $1::float8 * interval '1 ms')
returning id;

-- webhook_secrets_keys
select split_part(secret, '.', 2) as key, count(*)::int as records
from webhook_secrets where secret is not null group by 1;

-- webhook_secrets_reseal
-- $1 resealed
-- $2 owner
-- $3 name
-- $4 seen
update webhook_secrets set secret = $1
where workspace_id = $2::uuid and id = $3::uuid and secret = $4 returning 1 as done;

-- webhook_secrets_under_other_keys
-- $1 key
-- $2 after
select (workspace_id || '/' || id) collate "C" as cursor, workspace_id::text as owner, id::text as name, secret as sealed
from webhook_secrets
where secret is not null and split_part(secret, '.', 2) <> $1 and (workspace_id || '/' || id) collate "C" > $2
order by (workspace_id || '/' || id) collate "C" limit 100;

-- webhook_start_cursor
-- $1 id
update webhook_cursor set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), number = 0
where not exists (select from webhooks where disabled_reason is null and id <> $1::uuid) returning 1 as moved;

-- webhook_update
-- $1 url
-- $2 events
-- $3 describes
-- $4 description
-- $5 enabled
-- $6 id
-- $7 workspace
update webhooks set
  url = coalesce($1, url),
  events = coalesce($2::text[], events),
  description = case when $3::boolean then $4 else description end,
  disabled_reason = case when $5::boolean then null when not $5::boolean
    then coalesce(disabled_reason, 'requested') else disabled_reason end,
  disabled_at = case when $5::boolean then null when not $5::boolean
    then coalesce(disabled_at, statement_timestamp()) else disabled_at end,
  failing_since = case when $5::boolean and disabled_reason is not null then null else failing_since end,
  events_since = case when $5::boolean and disabled_reason is not null then statement_timestamp() else events_since end,
  updated_at = clock_timestamp()
where id = $6::uuid and workspace_id = $7::uuid returning id;

-- workspaces_locked_out
-- $1 workspaces
select w.id from workspaces w where w.id = any($1::uuid[]) and not exists (
  select from members m where m.workspace_id = w.id and m.role = 'owner' and (
    exists (select from sign_in_methods s where s.user_id = m.user_id)
    or exists (select from api_keys k where k.person_id = m.user_id
      and k.revoked_at is null and k.expires_at is null and 'workspace:admin' = any(k.scopes))));
