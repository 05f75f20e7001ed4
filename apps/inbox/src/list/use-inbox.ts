import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Action } from '@proviso/contracts';
import { getAction, listActions } from '../api/actions.ts';
import { pageQuery, queryClient, waitingQuery, type WaitingFilter } from '../api/queries.ts';
import { sectionsOf, type Fold, type Section } from '../waiting/sections.ts';
import { emptyWaiting, withArrivals, withLinked, withoutDecided, withPage, type Waiting } from '../waiting/waiting.ts';

export interface Inbox {
  filter: WaitingFilter;
  waiting: Waiting;
  sections: Section[];
  /** Every row, in the order of the list. */
  folds: Fold[];
  open: Fold | undefined;
  selected: Action[];
  isLoading: boolean;
  error: Error | null;
  move: (by: 1 | -1) => void;
  openRow: (id: string | undefined) => void;
  toggle: (ids: string[]) => void;
  clear: () => void;
  showArrivals: () => void;
  loadMore: () => void;
  /** Opens the next row that still waits. */
  toNext: (decided: string[]) => void;
}

/** The list of what waits, the row that is open, and those that are ticked. */
export function useInbox(): Inbox {
  const search = useSearch({ from: '/shell/' });
  const { type, agent, run, assignee, q, age, sort = 'oldest', group = 'run' } = search;
  const filter = useMemo(
    () => ({ type, agent, run, assignee, q, age, newestFirst: sort === 'newest' }),
    [type, agent, run, assignee, q, age, sort],
  );
  const { data: waiting = emptyWaiting, isLoading, error } = useQuery(waitingQuery(filter));
  const { rows } = waiting;
  const sections = useMemo(() => sectionsOf(rows, group), [rows, group]);
  const folds = useMemo(() => sections.flatMap((section) => section.folds), [sections]);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const selected = useMemo(
    () => rows.filter(({ action_id }) => ticked.has(action_id) && waiting.decided[action_id] === undefined),
    [rows, ticked, waiting.decided],
  );
  const change = useCallback(
    (how: (now: Waiting) => Waiting) =>
      queryClient.setQueryData<Waiting>(waitingQuery(filter).queryKey, (now) => now && how(now)),
    [filter],
  );
  useLinked(search.open, isLoading, change);
  const toggle = useCallback((ids: string[]) => {
    setTicked((now) => {
      const all = ids.every((id) => now.has(id));
      return new Set(all ? [...now].filter((id) => !ids.includes(id)) : [...now, ...ids]);
    });
  }, []);
  return {
    filter,
    waiting,
    sections,
    folds,
    selected,
    isLoading,
    error,
    toggle,
    clear: useCallback(() => setTicked(new Set()), []),
    showArrivals: () => change((now) => withArrivals(withoutDecided(now, search.open), filter.newestFirst)),
    loadMore: useLoadMore(filter, waiting.nextCursor, change),
    ...useOpenRow(folds, waiting),
  };
}

function useOpenRow(folds: Fold[], { decided }: Waiting): Pick<Inbox, 'open' | 'move' | 'openRow' | 'toNext'> {
  const { open: id } = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const places = useMemo(() => placesOf(folds), [folds]);
  const at = (id === undefined ? undefined : places.get(id)) ?? -1;
  const openRow = useCallback(
    (next: string | undefined) =>
      void navigate({ search: (before) => ({ ...before, open: next }), replace: true, resetScroll: false }),
    [navigate],
  );
  const isWide = window.matchMedia('(min-width: 768px)').matches;
  const firstWaiting = folds.find(({ action }) => decided[action.action_id] === undefined);
  useEffect(() => {
    if (isWide && id === undefined && firstWaiting) openRow(firstWaiting.action.action_id);
  }, [isWide, id, firstWaiting, openRow]);
  return {
    open: folds[at],
    openRow,
    move: (by) => {
      const next = folds[at < 0 ? 0 : at + by];
      if (next) openRow(next.action.action_id);
    },
    toNext: (ids) => {
      const waits = ({ action }: Fold): boolean =>
        decided[action.action_id] === undefined && !ids.includes(action.action_id);
      const next = folds.slice(at + 1).find(waits) ?? folds.slice(0, at).findLast(waits);
      openRow(next?.action.action_id);
    },
  };
}

/** Where the row of each proposal is. */
const placesOf = (folds: Fold[]): Map<string, number> =>
  new Map(folds.flatMap(({ action, equals }, at) => [action, ...equals].map(({ action_id }) => [action_id, at])));

type Change = (how: (now: Waiting) => Waiting) => void;

/** What the page was opened for becomes the last row, if its page is not loaded: a link opens its card. */
function useLinked(id: string | undefined, isLoading: boolean, change: Change): void {
  const linked = useRef(id);
  useEffect(() => {
    if (linked.current === undefined || isLoading) return;
    const asked = linked.current;
    linked.current = undefined; // once, and not again for other filters
    getAction(asked).then(
      (action) => change((now) => withLinked(now, action)),
      () => undefined, // no such action: nothing is open
    );
  }, [isLoading, change]);
}

function useLoadMore(filter: WaitingFilter, cursor: string | null, change: Change): () => void {
  const [asked, setAsked] = useState<string | null>(null);
  return useCallback(() => {
    if (cursor === null || cursor === asked) return;
    setAsked(cursor);
    listActions({ ...pageQuery(filter), cursor }).then(
      (page) => change((now) => withPage(now, page)),
      () => setAsked(null),
    );
  }, [filter, cursor, asked, change]);
}
