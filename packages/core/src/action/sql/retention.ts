// Redacts and deletes ended actions, a batch at a time. Each batch is one transaction that shares a lock with whoever
// places a legal hold or changes the settings, so what they reply is true at once. Held by retention.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { statement, type NoParams } from '../../platform/statement.ts';

/** Rows that a batch looks at. */
const RETENTION_BATCH = 500;
/** Stored bytes of what a batch reads into memory. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Idempotency-Keys repeat an action as it was for two days, so nothing that changed recently is touched. */
const UNCHANGED_HOURS = 72;

/** Days in the settings; null = for ever. */
const daysOf = (name: string): string => `(w.settings->'retention'->>'${name}')::int`;

/** Waits for the batches in progress, and keeps new ones from starting until the transaction ends. */
export const LOCK_AGAINST_RETENTION = statement<{ workspace: string }>(
  'retention_lock_out',
  'select 1 as locked from workspaces where id = :workspace::uuid for no key update',
);

/** The settings as they are now, until the transaction ends. */
export const LOCK_RETENTION = statement<
  { workspace: string },
  { params_days: number | null; actions_days: number | null }
>(
  'retention_lock',
  `
    select ${daysOf('params_days')} as params_days, ${daysOf('actions_days')} as actions_days
    from workspaces w where w.id = :workspace::uuid for share`,
);

export const IS_HELD = `exists (
        select from legal_holds h where h.workspace_id = a.workspace_id and h.released_at is null
          and (h.action_id = a.id or h.run_id = a.run_id or h.mission_id = a.mission_id
            or coalesce(h.action_id, h.run_id, h.mission_id) is null))`;
/** A successor is deleted after the action that it repeats, so that no action is proposed again twice. */
const NO_FORMER = '(a.again_of is null or not exists (select from actions f where f.id = a.again_of))';
const MAY_GO = `a.updated_at < statement_timestamp() - interval '${UNCHANGED_HOURS} hours'
        and a.status_reason is distinct from 'outcome_unknown' and not ${IS_HELD}`;
const IS_REDACTED = 'a.redaction is not null';
const IS_NOT_REDACTED = 'a.redaction is null';
const ended = (workspace: string, days: string): string => `a.workspace_id = ${workspace} and a.completed_at is not null
        and a.completed_at < statement_timestamp() - ${days} * interval '24 hours'`;

type RetentionKind = 'delete_redacted' | 'delete_unredacted' | 'redact';

export interface Overdue {
  workspace: string;
  kind: RetentionKind;
  /** The oldest, where a batch begins. The time is as PostgreSQL writes it: microseconds count. */
  id: string;
  completed_at: string;
  /** How long ago it should have been done. */
  seconds: number;
}

const oldest = (kind: RetentionKind, days: string, which: string): string => `
    select w.id as workspace, '${kind}' as kind, found.id, found.completed_at::text,
      extract(epoch from statement_timestamp() - found.completed_at)::float8 - ${daysOf(days)} * 86400.0 as seconds
    from workspaces w cross join lateral (
      select a.id, a.completed_at from actions a
      where ${ended('w.id', daysOf(days))} and ${which} and ${MAY_GO}
      order by a.completed_at, a.id limit 1
    ) found
    where ${daysOf(days)} is not null`;

/** In each workspace, the oldest action that should have been redacted or deleted. What is held is not overdue. */
export const FIND_OVERDUE = statement<NoParams, Overdue>(
  'retention_find_overdue',
  [
    oldest('delete_redacted', 'actions_days', `${IS_REDACTED} and ${NO_FORMER}`),
    oldest('delete_unredacted', 'actions_days', `${IS_NOT_REDACTED} and ${NO_FORMER}`),
    oldest('redact', 'params_days', IS_NOT_REDACTED),
  ].join('\n    union all'),
);

interface BatchParams {
  workspace: string;
  days: number;
  /** Where the batch begins. */
  time: string;
  id: string;
}

/** Locks what may go among the next ones, oldest first. What another worker has locked is left to it. */
const batchOf = (which: string, also = ''): string => `
    with looked as materialized (
      select a.id from actions a
      where ${ended(':workspace::uuid', ':days::int')} and ${which}
        and (a.completed_at, a.id) >= (:time::timestamptz, :id::uuid)
      order by a.completed_at, a.id limit ${RETENTION_BATCH}
    ), taken as materialized (
      select a.* from actions a
      where a.id = any(array(select id from looked)) and ${which} and ${MAY_GO}${also}
      for update of a skip locked
    )`;

/** The content of an action counts only if its hash was never stored: only that is read into memory. */
const UNHASHED_BYTES =
  'case when a.cleared_hash is null then pg_column_size(a.params) + coalesce(pg_column_size(a.user_edits), 0) else 0 end';

export interface ToRedact {
  id: string;
  action: JsonObject | null;
  identity_version: number | null;
}

/**
 * Locks a batch to redact, as much as may be read into memory. `action` is the row without its preview and result, if
 * its hash is not stored.
 */
export const TAKE_TO_REDACT = statement<BatchParams, ToRedact>(
  'retention_take_to_redact',
  `${batchOf(IS_NOT_REDACTED)}, measured as (
      select a.*, sum(${UNHASHED_BYTES}) over (order by a.completed_at, a.id) - ${UNHASHED_BYTES} as bytes_before from taken a
    )
    select m.id, i.config_version as identity_version,
      case when m.cleared_hash is null then to_jsonb(m) - '{preview,agent_preview,result,bytes_before}'::text[] end as action
    from measured m left join identities i on i.id = m.identity_id
    where m.bytes_before < ${BATCH_BYTES}`,
);

/** Of an event's data: what is neither content nor anybody's words. */
const KEPT_DATA = [
  'via',
  'decision',
  'outcome',
  'code',
  'retryable',
  'params_hash',
  'card_digest',
  'hold_seconds',
  'crashes',
  'counted',
  'delay_ms',
  'reconciled',
  'reason',
  'assignee',
];

/** Removes the content, and keeps what proves the decision. Returns how many. */
export const REDACT = statement<{ rows: string; reason: string }, { count: number }>(
  'retention_redact',
  `
    with given as (
      select * from jsonb_to_recordset(:rows::jsonb) as given(id uuid, params_hash text)
    ), redacted as (
      update actions a set
        params = '{}', resolved = '{}', original_params = null, user_edits = null, preview = null, agent_preview = null,
        result = null, description = null, metadata = '{}',
        error = case when a.error is not null then a.error || '{"message": "Redacted."}' end,
        approval = case when a.approval is not null then a.approval || '{"comment": null, "edits": null}' end,
        redaction = jsonb_build_object('at', statement_timestamp(), 'reason', :reason::text,
          'params_hash', coalesce(a.cleared_hash, given.params_hash))
      from given where a.id = given.id and a.redaction is null and a.completed_at is not null
      returning a.id
    ), events as (
      update action_events e set data = coalesce((
        select jsonb_object_agg(key, value) from jsonb_each(e.data)
        where key = any('{${KEPT_DATA.join(',')}}'::text[])), '{}')
      from redacted where e.action_id = redacted.id and e.data <> '{}'
    )
    select count(*)::int from redacted`,
);

const takeToDelete = (name: string, which: string) =>
  statement<BatchParams, { id: string }>(name, `${batchOf(which, ` and ${NO_FORMER}`)} select id from taken`);

/** Lock a batch to delete: redacted ones are in one index, the others in another. */
export const TAKE_TO_DELETE = {
  delete_redacted: takeToDelete('retention_take_redacted', IS_REDACTED),
  delete_unredacted: takeToDelete('retention_take_unredacted', IS_NOT_REDACTED),
};

/** What names the actions, in the order of the foreign keys. Read positions and counts of runs stay. */
export const DELETE_REFERENCES = ['snoozes', 'readers', 'gateway_calls', 'action_events'].map((table) =>
  statement<{ ids: readonly string[] }>(
    `retention_delete_${table}`,
    `delete from ${table} where action_id = any(:ids::uuid[])`,
  ),
);

export const DELETE_ACTIONS = statement<{ ids: readonly string[] }, { id: string }>(
  'retention_delete',
  'delete from actions where id = any(:ids::uuid[]) and completed_at is not null returning id',
);
