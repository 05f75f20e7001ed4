// The feed's order is (transaction, number), read below the oldest transaction that is still open: one that commits late
// has a place that nobody has read past. Held by events.test.ts, which holds a transaction open.
import type { JsonObject } from '@proviso/contracts';
import { rowFromJson, type ActionEvent, type ActionRow } from '../actions/row.ts';
import type { Queryable, Statement } from '../db.ts';
import type { Position } from './position.ts';

export const SETTLED = 'transaction_id < pg_snapshot_xmin(pg_current_snapshot())';
export const AFTER = '(transaction_id, number) > ($1::xid8, $2::bigint)';

/** An event, and its action as it was when the event was read: of that version or a later one. */
export interface FeedEvent {
  position: Position;
  event: ActionEvent;
  action: ActionRow;
}

interface Found {
  transaction: string;
  number: string;
  event: JsonObject & { at: string };
  action: JsonObject;
  identity_version: number | null;
}

const select = (where: string): string => `
    select e.transaction_id::text as transaction, e.number::text as number,
      to_jsonb(e) - 'transaction_id' - 'number' as event, to_jsonb(a) as action, i.config_version as identity_version
    from (
      select * from action_events where ${AFTER} and ${where} order by transaction_id, number limit $3::int
    ) e
    join actions a on a.id = e.action_id
    left join identities i on i.id = a.identity_id
    order by e.transaction_id, e.number`;

const READ: Statement = { name: 'events_read', text: select(SETTLED) };
const READ_MISSED: Statement = {
  name: 'events_read_missed',
  text: select('(transaction_id, number) <= ($4::xid8, $5::bigint) and workspace_id = $6::uuid'),
};

/** The next events of all workspaces. */
export const readEvents = async (db: Queryable, after: Position, limit: number): Promise<FeedEvent[]> =>
  (await db.query<Found>(READ, [...valuesOf(after), limit])).map(eventOf);

export interface Missed {
  workspaceId: string;
  after: Position;
  /** The last one, which must be settled. */
  upTo: Position;
  limit: number;
}

/** The next events of one workspace, up to one that was read already. */
export async function readMissed(db: Queryable, { workspaceId, after, upTo, limit }: Missed): Promise<FeedEvent[]> {
  const values = [...valuesOf(after), limit, ...valuesOf(upTo), workspaceId];
  return (await db.query<Found>(READ_MISSED, values)).map(eventOf);
}

export const valuesOf = ({ transaction, number }: Position): [string, string] => [`${transaction}`, `${number}`];

const eventOf = ({ transaction, number, event, action, identity_version }: Found): FeedEvent => ({
  position: { transaction: BigInt(transaction), number: BigInt(number) },
  event: { ...event, at: new Date(event.at) } as unknown as ActionEvent, // to_jsonb(action_events) has exactly the columns
  action: rowFromJson(action, identity_version),
});
