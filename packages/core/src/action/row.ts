import type {
  Actor,
  Approval,
  ActionError,
  JsonObject,
  Preview,
  Status,
  StatusReason,
  ClearedStatus,
  EventName,
} from '@proviso/contracts';
import type { action_events, actions, identities } from '../generated/client.ts';

type Json<Row, Shapes> = Omit<Row, keyof Shapes> & Shapes;

/** What is left of the content of a redacted action. */
interface Redaction {
  at: string;
  reason: 'retention' | 'erasure';
  /** The hash that the action had before. */
  params_hash: string;
}

/** An action in the domain: the columns, and its identity's config version. */
export type ActionRow = Json<
  actions,
  {
    status: Status;
    status_reason: StatusReason | null;
    status_before_run: ClearedStatus | null;
    params: JsonObject;
    resolved: JsonObject;
    original_params: JsonObject | null;
    user_edits: JsonObject | null;
    approval: Approval | null;
    preview: Preview | null;
    agent_preview: JsonObject | null;
    metadata: Record<string, string>;
    result: JsonObject | null;
    error: ActionError | null;
    created_by: Actor;
    assignee: Actor | null;
    redaction: Redaction | null;
  }
> & {
  /** The identity's config_version at the time of the read; null without an identity. */
  identity_version: number | null;
};

export type ActionEvent = Json<action_events, { event: EventName; status: Status; actor: Actor; data: JsonObject }>;

/** The columns that a change may name; every other column is written by its move alone. */
export const CHANGEABLE = [
  'params',
  'resolved',
  'original_params',
  'revision',
  'user_edits',
  'preview',
  'agent_preview',
  'identity_id',
  'description',
  'require_approval',
  'scheduled_time',
  'contact_id',
  'company_id',
  'cleared_hash',
  'cleared_identity_version',
  'tool_version',
  'definition_hash',
  'status_reason',
  'assignee',
  'result',
  'error',
] as const satisfies (keyof ActionRow)[];

/** What a move changes besides the status. The identity's version is only kept for replays; it is not a column. */
export type ActionChange = Partial<
  Pick<ActionRow, Exclude<(typeof CHANGEABLE)[number], 'scheduled_time'> | 'approval' | 'identity_version'>
> & { scheduled_time?: string | null };

/** The changed columns, in the form in which the next read returns them. */
export const columnsOf = ({ scheduled_time, ...change }: ActionChange): Partial<ActionRow> => ({
  ...change,
  ...(scheduled_time !== undefined && { scheduled_time: scheduled_time === null ? null : new Date(scheduled_time) }),
});

/** The params that run: the proposal, shallow-merged with the reviewer's changes. */
export const effectiveParams = (row: Pick<ActionRow, 'params' | 'user_edits'>): JsonObject => ({
  ...row.params,
  ...row.user_edits,
});

const TIMES = [
  'scheduled_time',
  'due_at',
  'expires_at',
  'asked_at',
  'lease_until',
  'effect_started_at',
  'unavailable_since',
  'created_at',
  'updated_at',
  'started_at',
  'completed_at',
] as const;

/** Reads a row that PostgreSQL returned as JSON (to_jsonb), with its times as Dates. */
export function rowFromJson(json: JsonObject, identityVersion?: number | null): ActionRow {
  const row: Record<string, unknown> = {
    identity_version: identityVersion ?? null,
    assignee: null, // a new row's JSON does not name it, nor does a snapshot from before there were assignments
    redaction: null, // likewise
    ...json,
  };
  for (const column of TIMES) {
    const text = row[column];
    if (typeof text === 'string') row[column] = new Date(text);
  }
  return row as unknown as ActionRow; // to_jsonb(actions) has exactly these columns, in the types of `Json`
}

/** Reads a row that Prisma returned with its identity. */
export function rowFromTable({
  identity,
  ...row
}: actions & { identity: Pick<identities, 'config_version'> | null }): ActionRow {
  // JSON columns hold what this service wrote
  return { ...row, identity_version: identity?.config_version ?? null } as unknown as ActionRow;
}
