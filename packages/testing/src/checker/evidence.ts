import type { JsonObject, PendingStatus, Status } from '@proviso/contracts';
import { rowFromJson, type ActionEvent, type ActionRow, type Database } from '@proviso/core';

/** What a client requested and what it was told, written by the client itself. */
export interface ClientRecord {
  workspace: string;
  /** Its Idempotency-Key: the same for all attempts of one request. */
  request: string;
  verb: 'create' | 'approve' | 'reject' | 'edit' | 'cancel' | 'recall' | 'update' | 'run_now' | 'process' | 'read';
  /** Bare UUID; null = a create that got no reply. */
  action: string | null;
  /** In the words of /v1, whatever the dialect. */
  sent: JsonObject;
  /** For decisions: the params that the decider saw. */
  saw?: JsonObject;
  /** The successful reply; null = there was none, so it may or may not have happened. */
  told: Told | null;
}

/**
 * Replies to bulk requests have no version. /api/pending-actions never has one, has one word for several statuses, and
 * returns the hash of what it cleared.
 */
export type Told = { version: number | null; status: Status } | { version: null; shown: PendingStatus; hash?: string };

/** One request that decided many, and was told how many but not which. */
export interface BatchRecord {
  /** Its Idempotency-Key. */
  request: string;
  /** Each has its own record, and each has unique edits. */
  items: ClientRecord[];
  told: { approved: number; rejected: number } | null;
}

/** One effect, as the provider counted it. */
export interface Effect {
  /** Bare UUID. */
  action: string;
  /** How the provider tells effects apart: an idempotency key, a Message-ID, the action's id. */
  identity: string;
  /** The params that arrived, or the part of them that the provider receives. */
  said: JsonObject;
  at: Date;
}

/** Everything that the verdict is based on. */
export interface Evidence {
  actions: ActionRow[];
  /** In order, by action. */
  events: Map<string, ActionEvent[]>;
  records: ClientRecord[];
  /** Absent: nobody decided a batch. */
  batches?: BatchRecord[];
  effects: Effect[];
  /** Types whose every effect is in `effects`. */
  counted: readonly string[];
  /** The database's time when the rows were read. */
  now: Date;
  /** How late work may start, and a lease may have expired, without counting as forgotten. */
  graceMs: number;
}

interface Read {
  now: Date;
  actions: JsonObject[];
  events: JsonObject[];
  notes: JsonObject[];
}

/** Reads the rows of these workspaces or actions in one snapshot. A note that an action wrote is its effect. */
export async function readEvidence(
  { pool }: Pick<Database, 'pool'>,
  among: { workspaces: string[] } | { actions: string[] },
): Promise<Pick<Evidence, 'now' | 'actions' | 'events' | 'effects'>> {
  const of = (table: string, id: string, order: string): string => {
    const where = 'actions' in among ? `${id} = any($1::uuid[])` : 'workspace_id = any($1::uuid[])';
    return `(select coalesce(jsonb_agg(to_jsonb(t) order by ${order}), '[]') from ${table} t where ${where})`;
  };
  const { rows } = await pool.query<Read>(
    `select clock_timestamp() as now, ${of('actions', 'id', 'id')} as actions,
      ${of('action_events', 'action_id', 'action_id, version')} as events,
      ${of('notes', 'action_id', 'id')} as notes`,
    ['actions' in among ? among.actions : among.workspaces],
  );
  const [read] = rows;
  if (!read) throw new Error('a select without from has one row');
  const events = read.events.map((event) => ({ ...event, at: new Date(event.at as string) }) as unknown as ActionEvent);
  return {
    now: read.now,
    actions: read.actions.map((action) => rowFromJson(action)),
    events: byAction(events, ({ action_id }) => action_id),
    effects: read.notes.filter(({ action_id }) => action_id !== null).map(effectOfNote),
  };
}

/** Grouped by action, in the given order. */
export function byAction<Item>(items: readonly Item[], idOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(idOf(item), [...(groups.get(idOf(item)) ?? []), item]);
  return groups;
}

const effectOfNote = ({ action_id, content, created_at }: JsonObject): Effect => ({
  action: action_id as string,
  identity: action_id as string,
  said: { content: content ?? null },
  at: new Date(created_at as string),
});
