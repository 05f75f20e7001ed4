import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { snoozesQuery } from '../api/queries.ts';
import { useDecides } from '../shell/use-session.ts';
import { comeBack } from './put-off.ts';

/** The service's clock decides when a snooze ends: this machine's asks a little later. */
const LATER_MS = 1_000;
const TIMER_MAX_MS = 3_600_000;

/** Brings back what was snoozed, at its time, while the list is open. */
export function useSnoozeReturns(): number {
  const { data: snoozes = [], dataUpdatedAt, refetch } = useQuery({ ...snoozesQuery, enabled: useDecides() });
  const next = snoozes[0]?.until ?? null;
  useEffect(() => {
    if (next === null) return;
    const waits = Math.max(0, Date.parse(next) - Date.now()) + LATER_MS;
    const isOver = ({ until }: { until: string | null }): boolean => until !== null && Date.parse(until) <= Date.now();
    const timer = setTimeout(
      () => {
        const ids = snoozes.filter(isOver).map(({ action_id }) => action_id);
        void (ids.length > 0 ? comeBack(ids).catch(() => refetch()) : refetch());
      },
      Math.min(waits, TIMER_MAX_MS),
    );
    return () => clearTimeout(timer);
  }, [next, snoozes, dataUpdatedAt, refetch]);
  return snoozes.length;
}
