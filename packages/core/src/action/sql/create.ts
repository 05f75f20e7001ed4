// Creates actions with their first event, and counts their index within a run. Held by actions-create.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { statement } from '../../platform/statement.ts';

/** A row given as JSON, with the columns that the database decides. */
const completed = (row: string): string => `${row} || jsonb_build_object(
        'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
        'due_at', greatest(
          coalesce((${row}->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
        'asked_at', case ${row}->>'status' when 'pending_approval' then statement_timestamp() end,
        'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)`;
const inTime = (row: string): string => `coalesce((${row}->>'expires_at')::timestamptz > statement_timestamp(), true)`;
const CREATED_EVENT = `
      insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
      select id, version, workspace_id, 'action.created', status, :actor::jsonb, :data::jsonb, created_at from created`;

/** JSON values are passed as text. */
interface CreateParams {
  row: string;
  token: string | null;
  /** The Idempotency-Key, if any. */
  key: string | null;
  requestHash: string | null;
  actor: string;
  /** The event's data. */
  data: string;
}

interface CreateAnswer {
  code: 'CREATED' | 'REPLAYED' | 'MISMATCH' | 'EXPIRED';
  action: JsonObject | null;
}

export const CREATE = statement<CreateParams, CreateAnswer>(
  'action_create',
  `
    with given as materialized (
      select (${completed(':row::jsonb')}) as row where ${inTime(':row::jsonb')}
    ), key as (
      insert into idempotency_keys as known (workspace_id, token_id, key, request_hash, snapshot)
      select (row->>'workspace_id')::uuid, :token::uuid, :key::text, :requestHash::text, row
      from given where :key::text is not null
      on conflict (workspace_id, token_id, key) do update set key = known.key
      returning known.request_hash, known.snapshot
    ), fresh as (
      select given.row from given
      where :key::text is null or exists (select 1 from key where key.snapshot->>'id' = given.row->>'id')
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
    ), event as (${CREATED_EVENT}
    )
    select
      case when created.id is not null then 'CREATED' when key.request_hash = :requestHash::text then 'REPLAYED'
        when key.request_hash is not null then 'MISMATCH' else 'EXPIRED' end as code,
      coalesce(to_jsonb(created), key.snapshot) as action
    from (select 1) one left join key on true left join created on true`,
);

/** `rows` is a JSON array. A row whose expiry has passed is not returned. */
export const CREATE_MANY = statement<Pick<CreateParams, 'actor' | 'data'> & { rows: string }, { action: JsonObject }>(
  'action_create_many',
  `
    with given as materialized (
      select (${completed('item.row')}) as row, place,
        (item.row->>'run_id')::uuid as run, (item.row->>'run_contact_id')::uuid as contact
      from jsonb_array_elements(:rows::jsonb) with ordinality as item(row, place)
      where ${inTime('item.row')}
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
    ), event as (${CREATED_EVENT}
    )
    select to_jsonb(created) as action from created`,
);
