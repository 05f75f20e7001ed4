// Creates actions with their first event, and counts their index within a run. Held by actions-create.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { statement, write } from '../../platform/statement.ts';

/** A row given as JSON, with the columns that the database decides. */
const completed = (row: string): string => `${row} || jsonb_build_object(
        'created_at', statement_timestamp(), 'updated_at', statement_timestamp(),
        'due_at', greatest(
          coalesce((${row}->>'scheduled_time')::timestamptz, statement_timestamp()), statement_timestamp()),
        'asked_at', case ${row}->>'status' when 'pending_approval' then statement_timestamp() end,
        'version', 1, 'revision', 1, 'fence', 0, 'attempts', 0, 'crashes', 0)`;
const inTime = (row: string): string => `coalesce((${row}->>'expires_at')::timestamptz > statement_timestamp(), true)`;
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

/**
 * Inserts what `given` holds: place, row, actor and data of each item, and its token, key and requestHash if it has an
 * Idempotency-Key. A key that is already stored yields its first row instead.
 */
const insertOf = (given: string, answer: string): string => `
    with given as materialized (${given}
    ), timely as materialized (
      select place, (${completed('row')}) as row, token, key, "requestHash",
        (row->>'run_id')::uuid as run, (row->>'run_contact_id')::uuid as contact
      from given where ${inTime('row')}
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
    ${answer}`;

export const CREATE = write<CreateParams, CreateAnswer>(
  'action_create',
  { row: 'jsonb', token: 'uuid', key: 'text', requestHash: 'text', actor: 'jsonb', data: 'jsonb' },
  ({ given }) =>
    insertOf(
      given,
      `select given.place,
      case when created.id is not null then 'CREATED' when stored.request_hash = given."requestHash" then 'REPLAYED'
        when stored.request_hash is not null then 'MISMATCH' else 'EXPIRED' end as code,
      coalesce(to_jsonb(created), stored.snapshot) as action
    from given left join stored on stored.key = given.key and stored.token_id = given.token
    left join created on created.id = (given.row->>'id')::uuid`,
    ),
  ({ token, key }) => key && `${token} ${key}`,
);

/** `rows` is a JSON array. A row whose expiry has passed is not returned. */
export const CREATE_MANY = statement<Pick<CreateParams, 'actor' | 'data'> & { rows: string }, { action: JsonObject }>(
  'action_create_many',
  insertOf(
    `
      select place, row, null::uuid as token, null::text as key, null::text as "requestHash",
        :actor::jsonb as actor, :data::jsonb as data
      from jsonb_array_elements(:rows::jsonb) with ordinality as item(row, place)`,
    'select to_jsonb(created) as action from created',
  ),
);
