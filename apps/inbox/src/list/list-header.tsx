import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { agentsQuery, ASSIGNEES } from '../api/queries.ts';
import { distance } from '../format.ts';
import { useNow } from '../use-now.ts';
import { GROUPINGS } from '../waiting/sections.ts';
import { words } from '../words.ts';
import { readable } from '../readable.ts';
import { Choice } from './choice.tsx';
import { Kinds } from './kinds.tsx';
import { Views } from './views.tsx';
import type { Inbox } from './use-inbox.ts';

export function ListHeader({ inbox: { waiting, filter }, snoozed }: { inbox: Inbox; snoozed: number }) {
  const { group = 'run', sort = 'oldest', assignee = 'all' } = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const now = useNow();
  const { rows, decided } = waiting;
  const oldest = useMemo(
    () =>
      rows
        .filter(({ action_id }) => decided[action_id] === undefined)
        .reduce<string | undefined>(
          (first, { created_at }) => (first === undefined || created_at < first ? created_at : first),
          undefined,
        ),
    [rows, decided],
  );
  const { list } = words;
  return (
    <div className="border-line border-b px-3.5 py-2">
      <div className="text-muted flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <h1 className="flex-1 whitespace-nowrap">
          <strong className="text-ink">{list.waiting(waiting.total)}</strong>
          {oldest && ` · ${list.oldest(distance(oldest, now))}`}
          {snoozed > 0 && ` · ${list.snoozed(snoozed)}`}
        </h1>
        <Choice
          label={list.assignee}
          value={assignee}
          options={(['all', ...ASSIGNEES] as const).map((name) => [name, list.assignees[name]])}
          onChange={(next) =>
            void navigate({
              search: (before) => ({ ...before, assignee: next === 'all' ? undefined : next, open: undefined }),
              replace: true,
            })
          }
        />
        <Choice
          label={list.group}
          value={group}
          options={GROUPINGS.map((name) => [name, list.groups[name]])}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, group: next }), replace: true })}
        />
        <Choice
          label={list.sort}
          value={sort}
          options={(['oldest', 'newest'] as const).map((name) => [name, list.sorts[name]])}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, sort: next }), replace: true })}
        />
      </div>
      <Kinds filter={filter} />
      <Views />
      <FilterChips />
    </div>
  );
}

/** What the list is narrowed to; each can be taken away. */
function FilterChips() {
  const { type, agent, run, q } = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const { data: agents = [] } = useQuery({ ...agentsQuery, enabled: agent !== undefined });
  const { filter } = words.list;
  const chips = [
    ...(type ? [['type', filter.type(type)] as const] : []),
    ...(agent
      ? [['agent', filter.agent(readable(agents.find(({ agent_id }) => agent_id === agent)?.name ?? agent))] as const]
      : []),
    ...(run ? [['run', filter.run] as const] : []),
    ...(q ? [['q', filter.q(q)] as const] : []),
  ];
  if (chips.length === 0) return null;
  return (
    <ul aria-label={words.list.filters} className="mt-1.5 flex flex-wrap gap-1.5">
      {chips.map(([name, what]) => (
        <li key={name}>
          <button
            type="button"
            aria-label={filter.remove(what)}
            className="pill bg-chip inline-flex items-center gap-1"
            onClick={() => void navigate({ search: (before) => ({ ...before, [name]: undefined }) })}
          >
            {what} <X size={11} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
