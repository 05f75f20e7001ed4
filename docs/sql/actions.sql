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
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and (locked.expires_at is null or locked.expires_at > clock_timestamp())
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.approved', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'EXPIRED' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_assigned
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and true
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.assigned', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_begin_effect
-- $1 id
-- $2 fence
-- $3 leaseMs
with held as (
  select id, lease_until from actions
  where id = $1::uuid and fence = $2::int and status = 'running' for no key update
)
update actions a set
  effect_started_at = coalesce(a.effect_started_at, clock_timestamp()),
  lease_until = clock_timestamp() + $3::int * interval '1 ms'
from held where a.id = held.id and held.lease_until > clock_timestamp()
returning a.id;

-- action_cancelled
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and locked.effect_started_at is null
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.cancelled', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_claim
-- $1 id
-- $2 types
-- $3 leaseMs
-- $4 owner
-- $5 actor
with chosen as (
  select id from actions
  where id = $1::uuid and status in ('scheduled', 'approved', 'auto_approved') and due_at <= statement_timestamp()
    and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp()) and (type = any($2::text[]) or tool_version is not null) and may_start(workspace_id, agent_id, type)
  for no key update
), claimed as (
  update actions a set
    status = 'running', status_before_run = a.status,
    version = a.version + 1, fence = a.fence + 1, attempts = a.attempts + 1,
    lease_until = clock_timestamp() + $3::int * interval '1 ms', lease_owner = $4::text,
    started_at = coalesce(a.started_at, clock_timestamp()), updated_at = clock_timestamp()
  from chosen where a.id = chosen.id
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, $5::jsonb,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select to_jsonb(claimed) as action, null::float8 as early_ms from claimed
union all
select null, extract(epoch from due_at - clock_timestamp())::float8 * 1000 from actions
where id = $1::uuid and status in ('scheduled', 'approved', 'auto_approved') and due_at > statement_timestamp() and not exists (select from claimed);

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
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, $8::jsonb,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select to_jsonb(claimed) as action, null::jsonb as round from claimed
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
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.claimed', status, $8::jsonb,
    jsonb_build_object('attempt', attempts, 'fence', fence), updated_at from claimed
)
select to_jsonb(claimed) as action from claimed;

-- action_commented
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved', 'running', 'completed', 'failed', 'rejected', 'cancelled')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and true
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.commented', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved', 'running', 'completed', 'failed', 'rejected', 'cancelled')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_completed
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('running')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and true
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.completed', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_create
-- $1 row
-- $2 token
-- $3 key
-- $4 requestHash
-- $5 actor
-- $6 data
with given as materialized (
  select ($1::jsonb || jsonb_build_object(
    'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
    'due_at', greatest(
      coalesce(($1::jsonb->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
    'asked_at', case $1::jsonb->>'status' when 'pending_approval' then statement_timestamp() end,
    'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)) as row where coalesce(($1::jsonb->>'expires_at')::timestamptz > statement_timestamp(), true)
), key as (
  insert into idempotency_keys as known (workspace_id, token_id, key, request_hash, snapshot)
  select (row->>'workspace_id')::uuid, $2::uuid, $3::text, $4::text, row
  from given where $3::text is not null
  on conflict (workspace_id, token_id, key) do update set key = known.key
  returning known.request_hash, known.snapshot
), fresh as (
  select given.row from given
  where $3::text is null or exists (select 1 from key where key.snapshot->>'id' = given.row->>'id')
), counted as (
  insert into action_counters as counter (run_id, contact_id, next)
  select (row->>'run_id')::uuid, (row->>'run_contact_id')::uuid, 1
  from fresh where row->>'run_contact_id' is not null
  on conflict (run_id, contact_id) do update set next = counter.next + 1
  returning next - 1 as action_index
), created as (
  insert into actions
  select filled.* from fresh left join counted on true cross join lateral jsonb_populate_record(
    null::actions, fresh.row || jsonb_build_object('action_index', counted.action_index)) filled
  returning *
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.created', status, $5::jsonb, $6::jsonb, created_at from created
)
select
  case when created.id is not null then 'CREATED' when key.request_hash = $4::text then 'REPLAYED'
    when key.request_hash is not null then 'MISMATCH' else 'EXPIRED' end as code,
  coalesce(to_jsonb(created), key.snapshot) as action
from (select 1) one left join key on true left join created on true;

-- action_create_many
-- $1 rows
-- $2 actor
-- $3 data
with given as materialized (
  select (item.row || jsonb_build_object(
    'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
    'due_at', greatest(
      coalesce((item.row->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
    'asked_at', case item.row->>'status' when 'pending_approval' then statement_timestamp() end,
    'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)) as row, place,
    (item.row->>'run_id')::uuid as run, (item.row->>'run_contact_id')::uuid as contact
  from jsonb_array_elements($1::jsonb) with ordinality as item(row, place)
  where coalesce((item.row->>'expires_at')::timestamptz > statement_timestamp(), true)
), counters as (
  select run, contact, count(*)::int as size from given where contact is not null group by run, contact
), counted as (
  insert into action_counters as counter (run_id, contact_id, next)
  select run, contact, size from counters order by run, contact
  on conflict (run_id, contact_id) do update set next = counter.next + excluded.next
  returning run_id, contact_id, next
), numbered as (
  select given.row, (counted.next - counters.size - 1
    + row_number() over (partition by given.run, given.contact order by given.place))::int as action_index
  from given
  left join counters on counters.run = given.run and counters.contact = given.contact
  left join counted on counted.run_id = given.run and counted.contact_id = given.contact
), created as (
  insert into actions
  select filled.* from numbered cross join lateral jsonb_populate_record(
    null::actions, numbered.row || jsonb_build_object('action_index', numbered.action_index)) filled
  returning *
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.created', status, $2::jsonb, $3::jsonb, created_at from created
)
select to_jsonb(created) as action from created;

-- action_created_at
-- $1 id
-- $2 workspace
select created_at::text as at from actions where id = $1::uuid and workspace_id = $2::uuid;

-- action_expired
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and not (locked.expires_at is null or locked.expires_at > clock_timestamp()) and locked.effect_started_at is null
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.expired', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'NOT_EXPIRED' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_failed
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('running')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and true
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.failed', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_find_due
-- $1 id
select workspace_id, type, crashes,
  greatest(0, extract(epoch from statement_timestamp() - due_at)::float8 * 1000) as late_ms
from actions where id = $1::uuid and status in ('scheduled', 'approved', 'auto_approved');

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

-- action_outcome_confirmed
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('failed')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and locked.status_reason = 'outcome_unknown'
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.outcome_confirmed', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('failed')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'OUTCOME_KNOWN' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_recalled
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('scheduled', 'approved', 'auto_approved')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and locked.effect_started_at is null
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.recalled', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_rejected
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and (locked.expires_at is null or locked.expires_at > clock_timestamp())
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.rejected', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'EXPIRED' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_released
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('scheduled', 'approved', 'auto_approved')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and ((locked.expires_at is null or locked.expires_at > clock_timestamp()) or not locked.effect_started_at is null)
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.released', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'EXPIRED' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_requeued
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('running')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and true
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.requeued', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_retried
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('running')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and true
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.retried', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('running')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'CONFLICT' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_returned_to_review
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('scheduled', 'approved', 'auto_approved', 'running')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and locked.effect_started_at is null
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.returned_to_review', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('scheduled', 'approved', 'auto_approved', 'running')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;

-- action_updated
-- $1 id
-- $2 workspace
-- $3 options
-- $4 change
-- $5 version
-- $6 fence
-- $7 actor
-- $8 data
-- $9 token
-- $10 key
-- $11 requestHash
-- $12 identityVersion
with locked as (
  select a.*, a as whole from actions a
  where id = $1::uuid and workspace_id = $2::uuid for no key update
), option as (
  select * from jsonb_to_record($3::jsonb) as option(due_now boolean, hold_ms float8, delay_ms float8,
    undone boolean, uncounted boolean, unavailable boolean)
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
  from locked cross join option
  cross join lateral jsonb_populate_record(locked.whole, $4::jsonb) change
  where a.id = locked.id and locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')
    and ($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)
    and locked.effect_started_at is null
  returning a.*
), event as (
  insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
  select id, version, workspace_id, 'action.updated', status, $7::jsonb, $8::jsonb, updated_at from moved
), key as (
  insert into idempotency_keys (workspace_id, token_id, key, request_hash, snapshot)
  select workspace_id, $9::uuid, $10::text, $11::text,
    to_jsonb(moved) || jsonb_build_object('identity_version', $12::int)
  from moved where $10::text is not null
)
select
  case when moved.id is not null then 'MOVED' when locked.id is null then 'NOT_FOUND'
    when not (locked.status in ('pending_approval', 'scheduled', 'approved', 'auto_approved')) then 'INVALID_STATE'
    when not (($5::int is null or locked.version = $5::int)
    and ($6::int is null or locked.fence = $6::int)) then 'CONFLICT' else 'BEGUN' end as code,
  coalesce(to_jsonb(moved), to_jsonb(locked.whole)) as action
from (select 1) one left join locked on true left join moved on true;
