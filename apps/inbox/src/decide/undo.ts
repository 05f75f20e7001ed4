// Approvals of this page that may still be taken back. The hold is the service's, in `due_at`: nothing here keeps it.
import type { Action } from '@proviso/contracts';

export interface Held {
  /** One approval, or all of a batch. */
  ids: string[];
  title: string;
  /** By this machine's clock. */
  until: number;
}

let held: Held[] = [];

/** How long the service holds the start of what was just approved, by its own two times; 0 = not at all. */
export function heldMs({ approval, due_at }: Pick<Action, 'approval' | 'due_at'>): number {
  return approval ? Math.max(0, Date.parse(due_at) - Date.parse(approval.at)) : 0;
}

export function remember(one: Held): void {
  held = [...held.filter(({ until }) => until > Date.now()), one];
}

/** The latest that is still held, else the latest of all: the service says since when it is too late for that. */
export function takeLatest(): Held | undefined {
  const latest = held.findLast(({ until }) => until > Date.now()) ?? held.at(-1);
  held = held.filter((one) => one !== latest);
  return latest;
}

export function forget(one: Held): void {
  held = held.filter((each) => each !== one);
}
