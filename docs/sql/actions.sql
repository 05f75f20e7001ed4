-- The statements as PostgreSQL gets them. Written by `npm run sql -- print`; edit their sources instead.

-- action_adopt_lost
-- $1 types
-- $2 leaseMs
-- $3 count
-- $4 owner
with lost as (
  select id from actions
  where status = 'running' and lease_until < statement_timestamp()
    and ((type = any($1::text[]) or tool_version is not null) or lease_until < statement_timestamp() - $2::int * interval '10 ms')
  order by lease_until limit $3::int
  for no key update skip locked
)
update actions a set
  fence = a.fence + 1, lease_owner = $4::text,
  crashes = case when a.effect_started_at is null then least(a.crashes + 1, a.attempts) else a.crashes + 1 end,
  lease_until = clock_timestamp() + $2::int * interval '1 ms'
from lost where a.id = lost.id
returning to_jsonb(a) as action,
  (extract(epoch from clock_timestamp() - a.effect_started_at) * 1000)::float8 as begun_ms_ago;

-- action_approved
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'approved' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    due_at = case when option.due_now then clock_timestamp() else greatest(greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()), case when option.hold_ms > 0 and (locked.expires_at is null
        or locked.expires_at > clock_timestamp() + (option.hold_ms + 60000) * interval '1 ms')
      then clock_timestamp() + option.hold_ms * interval '1 ms' end) end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and (locked.expires_at is null or locked.expires_at > clock_timestamp())
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.approved', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'EXPIRED' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_approved_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'approved' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    due_at = case when option.due_now then clock_timestamp() else greatest(greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()), case when option.hold_ms > 0 and (locked.expires_at is null
        or locked.expires_at > clock_timestamp() + (option.hold_ms + 60000) * interval '1 ms')
      then clock_timestamp() + option.hold_ms * interval '1 ms' end) end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and (locked.expires_at is null or locked.expires_at > clock_timestamp())
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.approved', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_assigned
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'pending_approval' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.assigned', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_assigned_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'pending_approval' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.assigned', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_begin_effect
-- $1 id
-- $2 fence
-- $3 leaseMs
with given as materialized (select 0 as place, $1::uuid as "id", $2::int as "fence", $3::int as "leaseMs"
), held as (
  select given.*, a.lease_until, a.at_place from (select * from given order by id) given cross join lateral (
    select lease_until, ctid as at_place from actions
    where id = given.id and fence = given.fence and status = 'running' limit 1 for no key update
  ) a
)
update actions a set
  effect_started_at = coalesce(a.effect_started_at, clock_timestamp()),
  lease_until = clock_timestamp() + held."leaseMs" * interval '1 ms'
from held where a.id = held.id and held.lease_until > clock_timestamp()
returning held.place, a.id;

-- action_begin_effect_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "fence" int, "leaseMs" int)
), held as (
  select given.*, a.lease_until, a.at_place from (select * from given order by id) given cross join lateral (
    select lease_until, ctid as at_place from actions
    where id = given.id and fence = given.fence and status = 'running' limit 1 for no key update skip locked
  ) a
)
update actions a set
  effect_started_at = coalesce(a.effect_started_at, clock_timestamp()),
  lease_until = clock_timestamp() + held."leaseMs" * interval '1 ms'
from held where a.ctid = any(array(select at_place from held)) and a.ctid = held.at_place and held.lease_until > clock_timestamp()
returning held.place, a.id;

-- action_cancelled
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'cancelled' when 'scheduled' then 'cancelled' when 'approved' then 'cancelled' when 'auto_approved' then 'cancelled' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.cancelled', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_cancelled_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'cancelled' when 'scheduled' then 'cancelled' when 'approved' then 'cancelled' when 'auto_approved' then 'cancelled' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.cancelled', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_claim
-- $1 id
-- $2 types
-- $3 leaseMs
-- $4 owner
-- $5 actor
with given as materialized (select 0 as place, $1::uuid as "id", $2::text[] as "types", $3::int as "leaseMs", $4::text as "owner", $5::jsonb as "actor"
), chosen as (
  select given.*, a.at_place from (select * from given order by id) given cross join lateral (
    select ctid as at_place from actions
    where id = given.id and status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (type = any(given.types) or tool_version is not null)
      and may_start(workspace_id, agent_id, type)
    limit 1 for no key update
  ) a
), claimed as (
  update actions a set
    status = 'running', status_before_run = a.status,
    version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
    lease_until = clock_timestamp() + chosen."leaseMs" * interval '1 ms', lease_owner = chosen.owner,
    started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
  from chosen where a.id = chosen.id
  returning a.id, a.version, a.workspace_id, a.status, a.attempts, a.fence, a.updated_at, chosen.place, chosen.actor,
    to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, actor,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select action, null::float8 as early_ms from claimed
union all
select null, extract(epoch from due_at - clock_timestamp())::float8 * 1000 from actions
where id = (select id from given) and status in ('scheduled', 'approved', 'auto_approved') and due_at > statement_timestamp()
  and not exists (select from claimed);

-- action_claim_due
-- $1 round
-- $2 free
-- $3 idleOnly
-- $4 types
-- $5 count
-- $6 leaseMs
-- $7 owner
-- $8 actor
with recursive
oldest as materialized (
  select a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct from actions a
  where status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp() order by due_at, id limit 200
), round(workspace_id, type, agent_id, direct, step) as (
  (select a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct, 1 from actions a
    where status in ('scheduled', 'approved', 'auto_approved') and (select count(*) from oldest) = 200 and (a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct) > (
      coalesce(($1::jsonb->>'workspace_id')::uuid, '00000000-0000-0000-0000-000000000000'::uuid), coalesce($1::jsonb->>'type', ''),
      coalesce(($1::jsonb->>'agent_id')::uuid, '00000000-0000-0000-0000-000000000000'::uuid),
      coalesce(($1::jsonb->>'direct')::boolean, false))
    order by a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct limit 1)
  union all
  select next.*, round.step + 1 from round cross join lateral (
    select a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct from actions a
    where status in ('scheduled', 'approved', 'auto_approved') and (a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct) > (round.workspace_id, round.type, round.agent_id, round.direct)
    order by a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct limit 1) next
  where round.step < 256
), groups(workspace_id, type, agent_id, direct) as (select * from oldest union select workspace_id, type, agent_id, direct from round), open as (
  select * from groups g
  where coalesce(($2::jsonb->'types'->>type)::int, ($2::jsonb->>'others')::int) > 0 and (not $3::boolean or coalesce(($2::jsonb->'running'->>workspace_id::text)::int, 0) = 0)
    and (type = any($4::text[])
      or exists (select from tools t where t.workspace_id = g.workspace_id and t.name = g.type))
    and not exists (select from pauses p where (p.workspace_id is null or p.workspace_id = g.workspace_id)
      and (p.agent_id is null or p.agent_id = g.agent_id) and (p.type is null or p.type = g.type))
    and (agent_id = '00000000-0000-0000-0000-000000000000'::uuid or exists (select from agents o where o.id = g.agent_id and o.enabled))
), candidates as materialized (
  select due.id as candidate, due.due_at, coalesce(($2::jsonb->'running'->>workspace_id::text)::int, 0) + row_number() over (
    partition by open.workspace_id order by open.direct desc, due.due_at, due.id) as turn
  from open cross join lateral (
    select id, due_at from actions a
    where status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct) = (open.workspace_id, open.type, open.agent_id, open.direct)
      and (crashes < 2 or ($2::jsonb->>'quarantined')::int > 0)
    order by due_at, id limit $5::int + 100) due
  order by turn, due.due_at, due.id limit $5::int + 100
), locked as (
  select a.*, turn from (select * from candidates order by turn, due_at, candidate) candidates cross join lateral (
    select id, due_at, type, crashes from actions
    where id = candidate and status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (type = any($4::text[]) or tool_version is not null) and may_start(workspace_id, agent_id, type)
    for no key update skip locked) a
  limit $5::int
), chosen as (
  select id from (
    select id, type, crashes,
      row_number() over (partition by type order by turn, due_at, id) as of_type,
      row_number() over (
        partition by crashes < 2 order by turn, due_at, id) as of_quarantined
    from locked) numbered
  where of_type <= coalesce(($2::jsonb->'types'->>type)::int, ($2::jsonb->>'others')::int)
    and (crashes < 2 or of_quarantined <= ($2::jsonb->>'quarantined')::int)
), claimed as (
  update actions a set
    status = 'running', status_before_run = a.status,
    version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
    lease_until = clock_timestamp() + $6::int * interval '1 ms', lease_owner = $7::text,
    started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
  from chosen where a.id = chosen.id
  returning a.id, a.version, a.workspace_id, a.status, a.attempts, a.fence, a.updated_at, null as actor,
    to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, $8::jsonb,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select action, null::jsonb as round from claimed
union all
select null, case when step = 256 then to_jsonb(round) end
from (select * from round order by step desc limit 1) round;

-- action_claim_in_workspace
-- $1 workspace
-- $2 free
-- $3 agent
-- $4 types
-- $5 count
-- $6 leaseMs
-- $7 owner
-- $8 actor
with recursive
groups(workspace_id, type, agent_id, direct) as (
  (select a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct from actions a
    where status in ('scheduled', 'approved', 'auto_approved') and workspace_id = $1::uuid and (a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct) >= ($1::uuid, '', '00000000-0000-0000-0000-000000000000'::uuid, false)
    order by a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct limit 1)
  union all
  select next.* from groups g cross join lateral (
    select a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct from actions a
    where status in ('scheduled', 'approved', 'auto_approved') and workspace_id = $1::uuid
      and (a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct) > (g.workspace_id, g.type, g.agent_id, g.direct)
    order by a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct limit 1) next
), open as (
  select * from groups g
  where coalesce(($2::jsonb->'types'->>type)::int, ($2::jsonb->>'others')::int) > 0 and ($3::uuid is null or agent_id = $3::uuid)
    and (type = any($4::text[])
      or exists (select from tools t where t.workspace_id = g.workspace_id and t.name = g.type))
    and not exists (select from pauses p where (p.workspace_id is null or p.workspace_id = g.workspace_id)
      and (p.agent_id is null or p.agent_id = g.agent_id) and (p.type is null or p.type = g.type))
    and (agent_id = '00000000-0000-0000-0000-000000000000'::uuid or exists (select from agents o where o.id = g.agent_id and o.enabled))
), candidates as materialized (
  select due.id as candidate, due.due_at, coalesce(($2::jsonb->'running'->>workspace_id::text)::int, 0) + row_number() over (
    partition by open.workspace_id order by open.direct desc, due.due_at, due.id) as turn
  from open cross join lateral (
    select id, due_at from actions a
    where status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (a.workspace_id, a.type, coalesce(a.agent_id, '00000000-0000-0000-0000-000000000000'::uuid), a.direct) = (open.workspace_id, open.type, open.agent_id, open.direct)
      and (crashes < 2 or ($2::jsonb->>'quarantined')::int > 0)
    order by due_at, id limit $5::int + 100) due
  order by turn, due.due_at, due.id limit $5::int + 100
), locked as (
  select a.*, turn from (select * from candidates order by turn, due_at, candidate) candidates cross join lateral (
    select id, due_at, type, crashes from actions
    where id = candidate and status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (type = any($4::text[]) or tool_version is not null) and may_start(workspace_id, agent_id, type)
    for no key update skip locked) a
  limit $5::int
), chosen as (
  select id from (
    select id, type, crashes,
      row_number() over (partition by type order by turn, due_at, id) as of_type,
      row_number() over (
        partition by crashes < 2 order by turn, due_at, id) as of_quarantined
    from locked) numbered
  where of_type <= coalesce(($2::jsonb->'types'->>type)::int, ($2::jsonb->>'others')::int)
    and (crashes < 2 or of_quarantined <= ($2::jsonb->>'quarantined')::int)
), claimed as (
  update actions a set
    status = 'running', status_before_run = a.status,
    version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
    lease_until = clock_timestamp() + $6::int * interval '1 ms', lease_owner = $7::text,
    started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
  from chosen where a.id = chosen.id
  returning a.id, a.version, a.workspace_id, a.status, a.attempts, a.fence, a.updated_at, null as actor,
    to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, $8::jsonb,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select action from claimed;

-- action_claim_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "types" text[], "leaseMs" int, "owner" text, "actor" jsonb)
), chosen as (
  select given.*, a.at_place from (select * from given order by id) given cross join lateral (
    select ctid as at_place from actions
    where id = given.id and status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (type = any(given.types) or tool_version is not null)
      and may_start(workspace_id, agent_id, type)
    limit 1 for no key update skip locked
  ) a
), claimed as (
  update actions a set
    status = 'running', status_before_run = a.status,
    version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
    lease_until = clock_timestamp() + chosen."leaseMs" * interval '1 ms', lease_owner = chosen.owner,
    started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
  from chosen where a.ctid = any(array(select at_place from chosen)) and a.ctid = chosen.at_place
  returning a.id, a.version, a.workspace_id, a.status, a.attempts, a.fence, a.updated_at, chosen.place, chosen.actor,
    to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, actor,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select place, action, null::float8 as early_ms from claimed;

-- action_commented
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'pending_approval' when 'scheduled' then 'scheduled' when 'approved' then 'approved' when 'auto_approved' then 'auto_approved' when 'running' then 'running' when 'completed' then 'completed' when 'failed' then 'failed' when 'rejected' then 'rejected' when 'cancelled' then 'cancelled' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved', 'running', 'completed', 'failed', 'rejected', 'cancelled')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.commented', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved', 'running', 'completed', 'failed', 'rejected', 'cancelled')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_commented_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'pending_approval' when 'scheduled' then 'scheduled' when 'approved' then 'approved' when 'auto_approved' then 'auto_approved' when 'running' then 'running' when 'completed' then 'completed' when 'failed' then 'failed' when 'rejected' then 'rejected' when 'cancelled' then 'cancelled' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved', 'running', 'completed', 'failed', 'rejected', 'cancelled')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.commented', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_completed
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then 'completed' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.completed', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_completed_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then 'completed' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.completed', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_create
-- $1 row
-- $2 token
-- $3 key
-- $4 requestHash
-- $5 actor
-- $6 data
with given as materialized (select 0 as place, $1::jsonb as "row", $2::uuid as "token", $3::text as "key", $4::text as "requestHash", $5::jsonb as "actor", $6::jsonb as "data"
), timely as materialized (
  select place, (row || jsonb_build_object(
    'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
    'due_at', greatest(
      coalesce((row->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
    'asked_at', case row->>'status' when 'pending_approval' then statement_timestamp() end,
    'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)) as row, token, key, "requestHash",
    (row->>'run_id')::uuid as run, (row->>'run_contact_id')::uuid as contact
  from given where coalesce((row->>'expires_at')::timestamptz > statement_timestamp(), true)
), stored as (
  insert into idempotency_keys as known (workspace_id, token_id, key, request_hash, snapshot)
  select (row->>'workspace_id')::uuid, token, key, "requestHash", row
  from timely where key is not null order by key
  on conflict (workspace_id, token_id, key) do update set key = known.key
  returning known.token_id, known.key, known.request_hash, known.snapshot
), fresh as (
  select * from timely where key is null or exists (
    select from stored where stored.snapshot->>'id' = timely.row->>'id')
), counters as (
  select run, contact, count(*)::int as size from fresh where contact is not null group by run, contact
), counted as (
  insert into action_counters as counter (run_id, contact_id, next)
  select run, contact, size from counters order by run, contact
  on conflict (run_id, contact_id) do update set next = counter.next + excluded.next
  returning run_id, contact_id, next
), numbered as (
  select fresh.row, (counted.next - counters.size - 1
    + row_number() over (partition by fresh.run, fresh.contact order by fresh.place))::int as action_index
  from fresh
  left join counters on counters.run = fresh.run and counters.contact = fresh.contact
  left join counted on counted.run_id = fresh.run and counted.contact_id = fresh.contact
), created as (
  insert into actions
  select filled.* from numbered cross join lateral jsonb_populate_record(
    null::actions, numbered.row || jsonb_build_object('action_index', numbered.action_index)) filled
  returning *
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select created.id, version, workspace_id, 'action.created', status, given.actor, given.data, created_at
  from created join given on (given.row->>'id')::uuid = created.id
)
select given.place,
  case when created.id is not null then 'CREATED' when stored.request_hash = given."requestHash" then 'REPLAYED'
    when stored.request_hash is not null then 'MISMATCH' else 'EXPIRED' end as code,
  coalesce(to_jsonb(created), stored.snapshot) as action
from given left join stored on stored.key = given.key and stored.token_id = given.token
left join created on created.id = (given.row->>'id')::uuid;

-- action_create_many
-- $1 actor
-- $2 data
-- $3 rows
with given as materialized (
  select place, row, null::uuid as token, null::text as key, null::text as "requestHash",
    $1::jsonb as actor, $2::jsonb as data
  from jsonb_array_elements($3::jsonb) with ordinality as item(row, place)
), timely as materialized (
  select place, (row || jsonb_build_object(
    'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
    'due_at', greatest(
      coalesce((row->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
    'asked_at', case row->>'status' when 'pending_approval' then statement_timestamp() end,
    'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)) as row, token, key, "requestHash",
    (row->>'run_id')::uuid as run, (row->>'run_contact_id')::uuid as contact
  from given where coalesce((row->>'expires_at')::timestamptz > statement_timestamp(), true)
), stored as (
  insert into idempotency_keys as known (workspace_id, token_id, key, request_hash, snapshot)
  select (row->>'workspace_id')::uuid, token, key, "requestHash", row
  from timely where key is not null order by key
  on conflict (workspace_id, token_id, key) do update set key = known.key
  returning known.token_id, known.key, known.request_hash, known.snapshot
), fresh as (
  select * from timely where key is null or exists (
    select from stored where stored.snapshot->>'id' = timely.row->>'id')
), counters as (
  select run, contact, count(*)::int as size from fresh where contact is not null group by run, contact
), counted as (
  insert into action_counters as counter (run_id, contact_id, next)
  select run, contact, size from counters order by run, contact
  on conflict (run_id, contact_id) do update set next = counter.next + excluded.next
  returning run_id, contact_id, next
), numbered as (
  select fresh.row, (counted.next - counters.size - 1
    + row_number() over (partition by fresh.run, fresh.contact order by fresh.place))::int as action_index
  from fresh
  left join counters on counters.run = fresh.run and counters.contact = fresh.contact
  left join counted on counted.run_id = fresh.run and counted.contact_id = fresh.contact
), created as (
  insert into actions
  select filled.* from numbered cross join lateral jsonb_populate_record(
    null::actions, numbered.row || jsonb_build_object('action_index', numbered.action_index)) filled
  returning *
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select created.id, version, workspace_id, 'action.created', status, given.actor, given.data, created_at
  from created join given on (given.row->>'id')::uuid = created.id
)
select to_jsonb(created) as action from created;

-- action_create_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "row" jsonb, "token" uuid, "key" text, "requestHash" text, "actor" jsonb, "data" jsonb)
), timely as materialized (
  select place, (row || jsonb_build_object(
    'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
    'due_at', greatest(
      coalesce((row->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
    'asked_at', case row->>'status' when 'pending_approval' then statement_timestamp() end,
    'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)) as row, token, key, "requestHash",
    (row->>'run_id')::uuid as run, (row->>'run_contact_id')::uuid as contact
  from given where coalesce((row->>'expires_at')::timestamptz > statement_timestamp(), true)
), stored as (
  insert into idempotency_keys as known (workspace_id, token_id, key, request_hash, snapshot)
  select (row->>'workspace_id')::uuid, token, key, "requestHash", row
  from timely where key is not null order by key
  on conflict (workspace_id, token_id, key) do update set key = known.key
  returning known.token_id, known.key, known.request_hash, known.snapshot
), fresh as (
  select * from timely where key is null or exists (
    select from stored where stored.snapshot->>'id' = timely.row->>'id')
), counters as (
  select run, contact, count(*)::int as size from fresh where contact is not null group by run, contact
), counted as (
  insert into action_counters as counter (run_id, contact_id, next)
  select run, contact, size from counters order by run, contact
  on conflict (run_id, contact_id) do update set next = counter.next + excluded.next
  returning run_id, contact_id, next
), numbered as (
  select fresh.row, (counted.next - counters.size - 1
    + row_number() over (partition by fresh.run, fresh.contact order by fresh.place))::int as action_index
  from fresh
  left join counters on counters.run = fresh.run and counters.contact = fresh.contact
  left join counted on counted.run_id = fresh.run and counted.contact_id = fresh.contact
), created as (
  insert into actions
  select filled.* from numbered cross join lateral jsonb_populate_record(
    null::actions, numbered.row || jsonb_build_object('action_index', numbered.action_index)) filled
  returning *
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select created.id, version, workspace_id, 'action.created', status, given.actor, given.data, created_at
  from created join given on (given.row->>'id')::uuid = created.id
)
select given.place,
  case when created.id is not null then 'CREATED' when stored.request_hash = given."requestHash" then 'REPLAYED'
    when stored.request_hash is not null then 'MISMATCH' else 'EXPIRED' end as code,
  coalesce(to_jsonb(created), stored.snapshot) as action
from given left join stored on stored.key = given.key and stored.token_id = given.token
left join created on created.id = (given.row->>'id')::uuid;

-- action_created_at
-- $1 id
-- $2 workspace
select created_at::text as at from actions where id = $1::uuid and workspace_id = $2::uuid;

-- action_expired
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'cancelled' when 'scheduled' then 'cancelled' when 'approved' then 'cancelled' when 'auto_approved' then 'cancelled' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = case locked.status when 'pending_approval' then 'approval_expired' else 'expired' end,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and not (locked.expires_at is null or locked.expires_at > clock_timestamp()) and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.expired', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'NOT_EXPIRED' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_expired_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'cancelled' when 'scheduled' then 'cancelled' when 'approved' then 'cancelled' when 'auto_approved' then 'cancelled' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = case locked.status when 'pending_approval' then 'approval_expired' else 'expired' end,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and not (locked.expires_at is null or locked.expires_at > clock_timestamp()) and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.expired', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_failed
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then 'failed' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.failed', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_failed_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then 'failed' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.failed', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_find
-- $1 id
-- $2 workspace
select to_jsonb(a) as action, i.config_version as identity_version
from actions a left join identities i on i.id = a.identity_id
where a.id = $1::uuid and a.workspace_id = $2::uuid;

-- action_find_due
-- $1 id
select workspace_id, type, crashes,
  greatest(0, extract(epoch from statement_timestamp() - due_at)::float8 * 1000) as late_ms
from actions where id = $1::uuid and status in ('scheduled', 'approved', 'auto_approved');

-- action_find_due_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid) cross join lateral (select * from (
select workspace_id, type, crashes,
  greatest(0, extract(epoch from statement_timestamp() - due_at)::float8 * 1000) as late_ms
from actions where id = item."id"::uuid and status in ('scheduled', 'approved', 'auto_approved')
) one offset 0) found;

-- action_find_ended
-- $1 ids
select id from actions where id = any($1::uuid[]) and status in ('completed', 'failed', 'rejected', 'cancelled');

-- action_find_expired
-- $1 count
with expired as (
  (select id, workspace_id, expires_at from actions
    where expires_at <= statement_timestamp() and effect_started_at is null
    and status in ('pending_approval', 'scheduled', 'approved', 'auto_approved') order by expires_at limit 1000)
  union (select id, workspace_id, expires_at from actions
    where expires_at <= statement_timestamp() and effect_started_at is null
    and status in ('pending_approval', 'scheduled', 'approved', 'auto_approved') order by expires_at desc limit 1000)
), in_turn as (
  select id, expires_at, row_number() over (partition by workspace_id order by expires_at) as turn from expired
)
select to_jsonb(a) as action
from (select * from in_turn order by turn, expires_at limit $1::int) chosen
join actions a on a.id = chosen.id;

-- action_find_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (
select to_jsonb(a) as action, i.config_version as identity_version
from actions a left join identities i on i.id = a.identity_id
where a.id = item."id"::uuid and a.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- action_find_with_log
-- $1 id
-- $2 workspace
select to_jsonb(a) as action, i.config_version as identity_version, (
  select coalesce(jsonb_agg(to_jsonb(e) order by e.version), '[]') from (
    select e.*, sum(pg_column_size(e.data)) over (order by e.version) as bytes
    from action_events e where e.action_id = a.id order by e.version limit 50
  ) e where e.bytes <= 65536
) as log
from actions a left join identities i on i.id = a.identity_id
where a.id = $1::uuid and a.workspace_id = $2::uuid;

-- action_find_with_log_together
-- $1 items
select item.place, found.* from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid) cross join lateral (select * from (
select to_jsonb(a) as action, i.config_version as identity_version, (
  select coalesce(jsonb_agg(to_jsonb(e) order by e.version), '[]') from (
    select e.*, sum(pg_column_size(e.data)) over (order by e.version) as bytes
    from action_events e where e.action_id = a.id order by e.version limit 50
  ) e where e.bytes <= 65536
) as log
from actions a left join identities i on i.id = a.identity_id
where a.id = item."id"::uuid and a.workspace_id = item."workspace"::uuid
) one offset 0) found;

-- action_heartbeat
-- $1 ids
-- $2 fences
-- $3 leaseMs
with held as (
  select a.id from (
    select * from unnest($1::uuid[], $2::int[]) as given(id, fence) order by id
  ) given cross join lateral (
    select id from actions where id = given.id and fence = given.fence and status = 'running'
      and lease_until > clock_timestamp() limit 1 for no key update
  ) a
)
update actions a set lease_until = clock_timestamp() + $3::int * interval '1 ms'
from held where a.id = held.id returning a.id;

-- action_list_restored
-- $1 limit
select to_jsonb(a) as action, w.name as workspace, i.name as identity, count(*) over ()::int as total
from actions a join workspaces w on w.id = a.workspace_id left join identities i on i.id = a.identity_id
where (a.status = 'running' or (a.status in ('scheduled', 'approved', 'auto_approved') and a.due_at <= clock_timestamp() and a.effect_started_at is null)) and not exists (
  select from action_events e
  where e.action_id = a.id and e.at >= (select held_since from database_epoch)
    and e.event in ('action.created', 'action.approved', 'action.released', 'action.updated'))
order by a.due_at, a.id limit $1::int;

-- action_lock_waiting
-- $1 ids
select id from actions where id = any($1::uuid[]) and status = 'pending_approval'
order by id for no key update;

-- action_measure_backlog
with recursive types(type, step) as (
  (select type, 1 from actions where status = 'pending_approval' order by type limit 1)
  union all
  select next.type, step + 1 from types cross join lateral (
    select type from actions where status = 'pending_approval' and type > types.type order by type limit 1) next
  where step < 500
)
select 'waiting' as kind, type, (select count(*)::int from (select from actions where status = 'pending_approval' and actions.type = types.type limit 10000) found) as count,
  (select extract(epoch from statement_timestamp() - min(asked_at))::float8 from actions where status = 'pending_approval' and actions.type = types.type) as seconds
from types
union all
select 'due', null, (select count(*)::int from (select from actions where status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp() limit 10000) found), (select extract(epoch from statement_timestamp() - min(due_at))::float8 from actions where status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp())
union all
select 'unknown', null, (select count(*)::int from (select from actions where status = 'failed' and status_reason = 'outcome_unknown' limit 10000) found), (select extract(epoch from statement_timestamp() - min(completed_at))::float8 from actions where status = 'failed' and status_reason = 'outcome_unknown')
union all
select 'pauses', null, (select count(*)::int from pauses), null;

-- action_next_restored
-- $1 after
-- $2 limit
select to_jsonb(a) as action from actions a
where a.id > $1::uuid and ((a.status = 'running' or (a.status in ('scheduled', 'approved', 'auto_approved') and a.due_at <= clock_timestamp() and a.effect_started_at is null)) or a.status = 'pending_approval') and not exists (
  select from action_events e
  where e.action_id = a.id and e.at >= (select held_since from database_epoch)
    and e.event in ('action.created', 'action.approved', 'action.released', 'action.updated'))
order by a.id limit $2::int;

-- action_outcome_confirmed
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'failed' then 'failed' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('failed')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.status_reason = 'outcome_unknown'
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.outcome_confirmed', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('failed')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'OUTCOME_KNOWN' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_outcome_confirmed_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'failed' then 'failed' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('failed')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.status_reason = 'outcome_unknown'
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.outcome_confirmed', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_recalled
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'scheduled' then 'pending_approval' when 'approved' then 'pending_approval' when 'auto_approved' then 'pending_approval' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    attempts = 0,
    crashes = 0,
    status_before_run = null,
    unavailable_since = null,
    due_at = greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()),
    asked_at = coalesce(locked.asked_at, clock_timestamp())
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.recalled', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_recalled_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'scheduled' then 'pending_approval' when 'approved' then 'pending_approval' when 'auto_approved' then 'pending_approval' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    attempts = 0,
    crashes = 0,
    status_before_run = null,
    unavailable_since = null,
    due_at = greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()),
    asked_at = coalesce(locked.asked_at, clock_timestamp())
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.recalled', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_rejected
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'rejected' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and (locked.expires_at is null or locked.expires_at > clock_timestamp())
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.rejected', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'EXPIRED' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_rejected_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'rejected' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    completed_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and (locked.expires_at is null or locked.expires_at > clock_timestamp())
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.rejected', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_released
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'scheduled' then 'scheduled' when 'approved' then 'approved' when 'auto_approved' then 'auto_approved' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    due_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and ((locked.expires_at is null or locked.expires_at > clock_timestamp()) or not locked.effect_started_at is null)
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.released', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'EXPIRED' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_released_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'scheduled' then 'scheduled' when 'approved' then 'approved' when 'auto_approved' then 'auto_approved' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    due_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and ((locked.expires_at is null or locked.expires_at > clock_timestamp()) or not locked.effect_started_at is null)
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.released', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_requeued
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then locked.status_before_run end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    due_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.requeued', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_requeued_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then locked.status_before_run end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    due_at = clock_timestamp()
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.requeued', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_retried
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then locked.status_before_run end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    due_at = clock_timestamp() + option.delay_ms * interval '1 ms',
    effect_started_at = case when option.undone then null else locked.effect_started_at end,
    attempts = locked.attempts - case when option.uncounted then 1 else 0 end,
    unavailable_since = case when option.unavailable then coalesce(locked.unavailable_since, clock_timestamp())
      else locked.unavailable_since end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.retried', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_retried_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'running' then locked.status_before_run end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    due_at = clock_timestamp() + option.delay_ms * interval '1 ms',
    effect_started_at = case when option.undone then null else locked.effect_started_at end,
    attempts = locked.attempts - case when option.uncounted then 1 else 0 end,
    unavailable_since = case when option.unavailable then coalesce(locked.unavailable_since, clock_timestamp())
      else locked.unavailable_since end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and true
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.retried', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_returned_to_review
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'scheduled' then 'pending_approval' when 'approved' then 'pending_approval' when 'auto_approved' then 'pending_approval' when 'running' then 'pending_approval' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    attempts = 0,
    crashes = 0,
    status_before_run = null,
    unavailable_since = null,
    due_at = greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()),
    asked_at = coalesce(locked.asked_at, clock_timestamp())
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('scheduled', 'approved', 'auto_approved', 'running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.returned_to_review', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('scheduled', 'approved', 'auto_approved', 'running')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_returned_to_review_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'scheduled' then 'pending_approval' when 'approved' then 'pending_approval' when 'auto_approved' then 'pending_approval' when 'running' then 'pending_approval' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    lease_until = null,
    lease_owner = null,
    attempts = 0,
    crashes = 0,
    status_before_run = null,
    unavailable_since = null,
    due_at = greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()),
    asked_at = coalesce(locked.asked_at, clock_timestamp())
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('scheduled', 'approved', 'auto_approved', 'running')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.returned_to_review', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;

-- action_updated
-- $1 id
-- $2 workspace
-- $3 version
-- $4 fence
-- $5 actor
-- $6 data
-- $7 change
-- $8 options
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with given as materialized (select 0 as place, $1::uuid as "id", $2::uuid as "workspace", $3::int as "version", $4::int as "fence", $5::jsonb as "actor", $6::jsonb as "data", $7::jsonb as "change", $8::jsonb as "options", $9::uuid as "token", $10::text as "key", $11::text as "requestHash", $12::int as "identityVersion"
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'pending_approval' when 'scheduled' then 'scheduled' when 'approved' then 'approved' when 'auto_approved' then 'auto_approved' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    due_at = case when change.scheduled_time is not distinct from locked.scheduled_time
      then locked.due_at else greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()) end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.updated', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not ((given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(moved.action, to_jsonb(locked.whole)) as action
from given left join locked using (place) left join moved using (place);

-- action_updated_together
-- $1 items
with given as materialized (select * from jsonb_to_recordset($1::jsonb) as item(place int, "id" uuid, "workspace" uuid, "version" int, "fence" int, "actor" jsonb, "data" jsonb, "change" jsonb, "options" jsonb, "token" uuid, "key" text, "requestHash" text, "identityVersion" int)
), locked as (
  select given.place, a.* from (select * from given order by id) given cross join lateral (
    select a.*, a.ctid as at_place, a as whole from actions a
    where a.id = given.id and a.workspace_id = given.workspace limit 1 for no key update skip locked
  ) a
), moved as (
  update actions a set
    status = case locked.status when 'pending_approval' then 'pending_approval' when 'scheduled' then 'scheduled' when 'approved' then 'approved' when 'auto_approved' then 'auto_approved' end,
    version = locked.version + 1,
    updated_at = clock_timestamp(),
    params = change.params,
    resolved = change.resolved,
    original_params = change.original_params,
    revision = change.revision,
    user_edits = change.user_edits,
    preview = change.preview,
    agent_preview = change.agent_preview,
    identity_id = change.identity_id,
    description = change.description,
    require_approval = change.require_approval,
    scheduled_time = change.scheduled_time,
    contact_id = change.contact_id,
    company_id = change.company_id,
    cleared_hash = change.cleared_hash,
    cleared_identity_version = change.cleared_identity_version,
    tool_version = change.tool_version,
    definition_hash = change.definition_hash,
    status_reason = change.status_reason,
    assignee = change.assignee,
    result = change.result,
    error = change.error,
    approval = case when change.approval is distinct from locked.approval
      then change.approval || jsonb_build_object('at', clock_timestamp()) else locked.approval end,
    due_at = case when change.scheduled_time is not distinct from locked.scheduled_time
      then locked.due_at else greatest(coalesce(change.scheduled_time, clock_timestamp()), clock_timestamp()) end
  from locked join given using (place)
  cross join lateral jsonb_to_record(given.options) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
  cross join lateral jsonb_populate_record(locked.whole, given.change) change
  where a.ctid = any(array(select at_place from locked)) and a.ctid = locked.at_place and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and (given.version is null or locked.version = given.version)
    and (given.fence is null or locked.fence = given.fence)
    and locked.effect_started_at is null
  returning given.place, a.id, a.workspace_id, a.version, a.status, a.updated_at, to_jsonb(a) as action
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select moved.id, moved.version, workspace_id, 'action.updated', status, actor, data, updated_at
  from moved join given using (place)
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, token, key, "requestHash",
    action || jsonb_build_object('identity_version', "identityVersion")
  from moved join given using (place) where key is not null order by key
)
select place, 'MOVED' as code, action from moved;
