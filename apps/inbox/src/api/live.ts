import { useSyncExternalStore } from 'react';
import type { Action, Briefing } from '@proviso/contracts';
import { withEvent, type Waiting } from '../waiting/waiting.ts';
import { listen } from './events.ts';
import { matchesText } from '../list/matches.ts';
import { queryClient, sessionQuery, waitsSince, type WaitingFilter } from './queries.ts';

interface Live {
  isLive: boolean;
  /** What waits in all, as the service said when the stream was opened. */
  briefing: Briefing | null;
}

let live: Live = { isLive: false, briefing: null };
const listeners = new Set<() => void>();

function set(change: Partial<Live>): void {
  live = { ...live, ...change };
  for (const changed of listeners) changed();
}

const subscribe = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);

/** Whether the service would list it with that filter. */
export const meets =
  ({ q = '', age, type, agent, run, assignee }: WaitingFilter) =>
  (action: Action): boolean =>
    (age === undefined || Date.parse(action.created_at) < waitsSince(age)) &&
    matchesText(action, q) &&
    (type === undefined || type.split(',').includes(action.type)) &&
    (agent === undefined || action.agent_id === agent) &&
    (run === undefined || action.run_id === run) &&
    isFor(action.assignee, assignee);

function isFor(assignee: Action['assignee'], asked: WaitingFilter['assignee']): boolean {
  if (asked === undefined) return true;
  if (assignee === null) return asked === 'mine';
  return assignee.id === queryClient.getQueryData(sessionQuery.queryKey)?.user_id;
}

/** Changes every list of what waits that is kept. */
export function changeWaiting(change: (waiting: Waiting, filter: WaitingFilter) => Waiting): void {
  for (const [key, waiting] of queryClient.getQueriesData<Waiting>({ queryKey: ['waiting'] }))
    if (waiting) queryClient.setQueryData(key, change(waiting, key[1] as WaitingFilter));
}

const COUNT_AT_MOST_EVERY_MS = 1_000;
let counting: ReturnType<typeof setTimeout> | undefined;

/** Counts and lists are asked for again where they are on the screen, but not for each of many events. */
function countSoon(): void {
  counting ??= setTimeout(() => {
    counting = undefined;
    void queryClient.invalidateQueries({
      queryKey: ['actions'],
      predicate: ({ queryKey: [, what] }) => what === 'count',
    });
  }, COUNT_AT_MOST_EVERY_MS);
}

/** Keeps what is on the screen as the service has it. */
export const connect = (): (() => void) =>
  listen({
    onState: (isLive) => set({ isLive }),
    onBriefing: (briefing) => set({ briefing }),
    onResync: () => void queryClient.invalidateQueries(),
    onEvent: (event) => {
      changeWaiting((waiting, filter) => withEvent(waiting, event, meets(filter)));
      void queryClient.invalidateQueries({ queryKey: ['action', event.action.action_id] });
      countSoon();
    },
  });
