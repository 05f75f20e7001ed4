// Finds what the sweeps and the waiting requests need.
import { CLEARED, TERMINAL, type JsonObject } from '@proviso/contracts';
import { lookUp, statement } from '../../platform/statement.ts';
import { IS_CLEARED, sqlList } from './fragments.ts';

interface Found {
  action: JsonObject;
  identity_version: number | null;
}

/** One action with the version of its identity. */
export const FIND = lookUp<{ id: string; workspace: string }, Found>(
  'action_find',
  { id: 'uuid', workspace: 'uuid' },
  `
    select to_jsonb(a) as action, i.config_version as identity_version
    from actions a left join identities i on i.id = a.identity_id
    where a.id = :id::uuid and a.workspace_id = :workspace::uuid`,
);

/** How many events, and bytes of their data, are read with an action. */
const LOG_EVENTS = 50;
const LOG_BYTES = 64 * 1024;

/** The same with its log, or with its beginning if it is long. */
export const FIND_WITH_LOG = lookUp<{ id: string; workspace: string }, Found & { log: JsonObject[] }>(
  'action_find_with_log',
  { id: 'uuid', workspace: 'uuid' },
  `
    select to_jsonb(a) as action, i.config_version as identity_version, (
      select coalesce(jsonb_agg(to_jsonb(e) order by e.version), '[]') from (
        select e.*, sum(pg_column_size(e.data)) over (order by e.version) as bytes
        from action_events e where e.action_id = a.id order by e.version limit ${LOG_EVENTS}
      ) e where e.bytes <= ${LOG_BYTES}
    ) as log
    from actions a left join identities i on i.id = a.identity_id
    where a.id = :id::uuid and a.workspace_id = :workspace::uuid`,
);

/** Locks those of the actions that wait for a person, in the order of their ids: two batches never wait in a circle. */
export const LOCK_WAITING = statement<{ ids: readonly string[] }, { id: string }>(
  'action_lock_waiting',
  `
    select id from actions where id = any(:ids::uuid[]) and status = 'pending_approval'
    order by id for no key update`,
);

const HAS_EXPIRED = `expires_at <= statement_timestamp() and effect_started_at is null
        and status in (${sqlList(['pending_approval', ...CLEARED])})`;

/** Open actions past their expiry, in turns among workspaces, from the first and the last thousand. */
export const FIND_EXPIRED = statement<{ count: number }, { action: JsonObject }>(
  'action_find_expired',
  `
    with expired as (
      (select id, workspace_id, expires_at from actions
        where ${HAS_EXPIRED} order by expires_at limit 1000)
      union (select id, workspace_id, expires_at from actions
        where ${HAS_EXPIRED} order by expires_at desc limit 1000)
    ), in_turn as (
      select id, expires_at, row_number() over (partition by workspace_id order by expires_at) as turn from expired
    )
    select to_jsonb(a) as action
    from (select * from in_turn order by turn, expires_at limit :count::int) chosen
    join actions a on a.id = chosen.id`,
);

/** Those of the actions that have ended. */
export const FIND_ENDED = statement<{ ids: readonly string[] }, { id: string }>(
  'action_find_ended',
  `select id from actions where id = any(:ids::uuid[]) and status in (${sqlList(TERMINAL)})`,
);

interface Due {
  workspace_id: string;
  type: string;
  crashes: number;
  late_ms: number;
}

/** What a process needs to know whether it has a free slot for the action, and how long the action has been due. */
export const FIND_DUE = lookUp<{ id: string }, Due>(
  'action_find_due',
  { id: 'uuid' },
  `
    select workspace_id, type, crashes,
      greatest(0, extract(epoch from statement_timestamp() - due_at)::float8 * 1000) as late_ms
    from actions where id = :id::uuid and ${IS_CLEARED}`,
);
