import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { listActions } from '../api/actions.ts';
import { distance } from '../format.ts';
import { useNow } from '../use-now.ts';
import { words } from '../words.ts';
import type { Inbox } from './use-inbox.ts';

/** Nothing to decide: says so, and what comes next. */
export function EmptyList({ inbox: { waiting } }: { inbox: Inbox }) {
  const { type, agent, run, q, assignee, age } = useSearch({ from: '/shell/' });
  const isFiltered = Boolean(type ?? agent ?? run ?? q ?? assignee ?? age);
  const now = useNow();
  const { data: last } = useQuery({
    queryKey: ['actions', 'last decided'],
    queryFn: async () => {
      const query = {
        sort_by: 'updated_at',
        status: 'approved,scheduled,running,completed,failed,rejected',
        limit: 20,
      };
      return (await listActions(query)).actions.find(({ approval }) => approval !== null)?.approval?.at ?? null;
    },
    enabled: !isFiltered,
  });
  const { list } = words;
  return (
    <div className="p-6">
      <p className="font-semibold">{isFiltered ? list.emptyFiltered : list.empty}</p>
      {isFiltered ? (
        <Link to="/" search={{}} className="text-accent mt-2 inline-block underline">
          {list.clear}
        </Link>
      ) : (
        <p className="text-muted mt-1">
          {last && `${list.lastDecision(distance(last, now))} `}
          {waiting.arrivals.length === 0 && list.emptyHelp}
        </p>
      )}
    </div>
  );
}
