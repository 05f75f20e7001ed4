// What waits for a decision, as the list holds it. Rows never move under the reader: what is new waits behind a count,
// and what was decided stays in its place until it is cleared away. Held by apps/inbox/test/unit/waiting.test.ts.
import type { Action, ActionEvent } from '@proviso/contracts';

/** Why a row no longer waits. */
export interface Decided {
  /** `deciding`: this page has sent a decision, and has no answer yet. */
  how: 'deciding' | Action['status'];
  /** Who decided; null = this page. */
  by: string | null;
}

export interface Waiting {
  rows: Action[];
  /** Arrived since the rows were shown, the oldest first. */
  arrivals: Action[];
  decided: Record<string, Decided>;
  nextCursor: string | null;
  /** What this person has put off, in that version: an event about it is not news. */
  snoozed: Record<string, number>;
  /** How many wait in all, as the service last said. */
  total: number;
}

export const emptyWaiting: Waiting = { rows: [], arrivals: [], decided: {}, snoozed: {}, nextCursor: null, total: 0 };

const isWaiting = ({ status }: Pick<Action, 'status'>): boolean => status === 'pending_approval';

export interface Page {
  actions: Action[];
  pagination: { total_items: number; next_cursor: string | null };
}

/** A further page; a row that is there already keeps its place. */
export function withPage(waiting: Waiting, { actions, pagination }: Page): Waiting {
  const known = new Set([...waiting.rows, ...waiting.arrivals].map(({ action_id }) => action_id));
  const rows = [...waiting.rows, ...actions.filter(({ action_id }) => !known.has(action_id))];
  return { ...waiting, rows, nextCursor: pagination.next_cursor, total: pagination.total_items };
}

/** An event of the stream. `isMine` = it meets the filters. */
export function withEvent(
  waiting: Waiting,
  { event, action }: ActionEvent,
  isMine: (action: Action) => boolean,
): Waiting {
  const at = waiting.rows.findIndex(({ action_id }) => action_id === action.action_id);
  const known = waiting.rows[at];
  if (known) return isStale(known, action) ? waiting : withKnown(waiting, at, action, event.actor.name);
  if (action.version <= (waiting.snoozed[action.action_id] ?? 0)) return waiting;
  const others = waiting.arrivals.filter(({ action_id }) => action_id !== action.action_id);
  const isNew = isWaiting(action) && isMine(action);
  if (!isNew && others.length === waiting.arrivals.length) return waiting;
  const change = (isNew ? 1 : 0) + others.length - waiting.arrivals.length;
  return { ...waiting, arrivals: isNew ? [...others, action] : others, total: Math.max(0, waiting.total + change) };
}

const isStale = (known: Action, action: Action): boolean => action.version < known.version;

function withKnown(waiting: Waiting, at: number, action: Action, by: string): Waiting {
  const rows = waiting.rows.with(at, action);
  const { [action.action_id]: before, ...others } = waiting.decided;
  if (isWaiting(action))
    return { ...waiting, rows, decided: others, total: waiting.total + (before && before.how !== 'deciding' ? 1 : 0) };
  const decided = {
    ...others,
    [action.action_id]: { how: action.status, by: before && before.by === null ? null : by },
  };
  return {
    ...waiting,
    rows,
    decided,
    total: Math.max(0, waiting.total - (before && before.how !== 'deciding' ? 0 : 1)),
  };
}

/** This page decides these: they stay in place until the answer. */
export const withDeciding = (waiting: Waiting, ids: string[]): Waiting => ({
  ...waiting,
  decided: { ...waiting.decided, ...Object.fromEntries(ids.map((id) => [id, { how: 'deciding', by: null } as const])) },
});

/** The decision was refused: the row waits again, as `now` says if it is known. */
export function withRefusal(waiting: Waiting, id: string, now?: Action): Waiting {
  const { [id]: _, ...decided } = waiting.decided;
  const rows = now ? waiting.rows.map((row) => (row.action_id === id ? now : row)) : waiting.rows;
  if (now && !isWaiting(now))
    return { ...waiting, rows, decided: { ...decided, [id]: { how: now.status, by: now.approval?.by.name ?? '' } } };
  return { ...waiting, rows, decided };
}

/** The answer to this page's decision. */
export function withAnswer(waiting: Waiting, action: Action): Waiting {
  const at = waiting.rows.findIndex(({ action_id }) => action_id === action.action_id);
  const known = waiting.rows[at];
  return known && !isStale(known, action) ? withKnown(waiting, at, action, '') : waiting;
}

/** Takes a row out of the list that was put off or handed over. Until it changes, an event does not bring it back. */
export function withoutRow(waiting: Waiting, { action_id: id, version }: Action): Waiting {
  const rows = waiting.rows.filter(({ action_id }) => action_id !== id);
  const change = rows.length - waiting.rows.length;
  const snoozed = { ...waiting.snoozed, [id]: version };
  return { ...waiting, rows, snoozed, total: Math.max(0, waiting.total + change) };
}

/** What was put off waits again, behind the count of what is new. */
export function withReturned(waiting: Waiting, action: Action): Waiting {
  const { [action.action_id]: _, ...snoozed } = waiting.snoozed;
  const isThere = [...waiting.rows, ...waiting.arrivals].some(({ action_id }) => action_id === action.action_id);
  if (isThere || !isWaiting(action)) return { ...waiting, snoozed };
  return { ...waiting, snoozed, arrivals: [...waiting.arrivals, action], total: waiting.total + 1 };
}

/** Shows what arrived, in the order of the list. */
export const withArrivals = (waiting: Waiting, newestFirst: boolean): Waiting => ({
  ...waiting,
  rows: newestFirst ? [...waiting.arrivals.toReversed(), ...waiting.rows] : [...waiting.rows, ...waiting.arrivals],
  arrivals: [],
});

/** What a link opens, though its page is not loaded. */
export function withLinked(waiting: Waiting, action: Action): Waiting {
  const isElsewhere = ({ action_id }: Action): boolean => action_id !== action.action_id;
  if (!isWaiting(action) || !waiting.rows.every(isElsewhere)) return waiting;
  return { ...waiting, rows: [...waiting.rows, action], arrivals: waiting.arrivals.filter(isElsewhere) };
}

/** Takes what was decided out of the list, but for one row that is being read. */
export function withoutDecided(waiting: Waiting, except?: string): Waiting {
  const leaves = ({ action_id }: Action): boolean =>
    action_id !== except && ![undefined, 'deciding'].includes(waiting.decided[action_id]?.how);
  if (!waiting.rows.some(leaves)) return waiting;
  const rows = waiting.rows.filter((row) => !leaves(row));
  const kept = new Set(rows.map(({ action_id }) => action_id));
  const decided = Object.fromEntries(Object.entries(waiting.decided).filter(([id]) => kept.has(id)));
  return { ...waiting, rows, decided };
}
