import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Action, Status, StatusReason } from '@proviso/contracts';
import { inWords } from '../api/client.ts';
import { listActions, type ActionQuery } from '../api/actions.ts';
import { distance, exactTime } from '../format.ts';
import { Choice } from '../list/choice.tsx';
import { matchesText } from '../list/matches.ts';
import { readable } from '../readable.ts';
import { TypeIcon } from '../shell/type-icon.tsx';
import { useNow } from '../use-now.ts';
import { summaryOf } from '../waiting/preview-text.ts';
import { words } from '../words.ts';

const ALL = 'all';

/** Every action, whatever its status. */
export function ActionsPage() {
  const search = useSearch({ from: '/shell/actions' });
  const navigate = useNavigate({ from: '/actions' });
  const query = { status: search.status, type: search.type, agent_id: search.agent, run_id: search.run };
  const statuses = Object.entries(words.status) as [Status, string][];
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-7 py-4 max-md:px-4">
      <div className="mb-3 flex items-center justify-between gap-4">
        <h1 className="text-lg font-bold">{words.nav.actions}</h1>
        <Choice<Status | typeof ALL>
          label={words.actions.status}
          value={(search.status as Status | undefined) ?? ALL}
          options={[[ALL, words.actions.any], ...statuses]}
          onChange={(next) =>
            void navigate({
              search: (before) => ({ ...before, status: next === ALL ? undefined : next }),
              replace: true,
            })
          }
        />
      </div>
      <ActionList query={query} text={search.q ?? ''} empty={words.actions.none} />
    </div>
  );
}

/** Those that may have happened: a person has to look. */
export function UnknownPage() {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-7 py-4 max-md:px-4">
      <h1 className="text-lg font-bold">{words.nav.unknown}</h1>
      <p className="text-muted mb-3 max-w-190">{words.actions.unknownHelp}</p>
      <ActionList
        query={{ status: 'failed', status_reason: 'outcome_unknown' }}
        text=""
        empty={words.actions.noneUnknown}
      />
    </div>
  );
}

interface ActionListProps {
  query: ActionQuery;
  text: string;
  empty: string;
}

function ActionList({ query, text, empty }: ActionListProps) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['actions', 'list', query],
    queryFn: ({ pageParam, signal }) => listActions({ ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ pagination }) => pagination.next_cursor ?? undefined,
    refetchOnMount: 'always',
  });
  if (isPending) return <p className="text-muted">{words.list.loading}</p>;
  if (error)
    return (
      <p role="alert" className="text-risk">
        {inWords(error)}
      </p>
    );
  const rows = data.pages.flatMap(({ actions }) => actions).filter((action) => matchesText(action, text));
  if (rows.length === 0) return <p className="text-muted">{empty}</p>;
  return (
    <>
      <ul className="border-line border-t">
        {rows.map((action) => (
          <ActionRow key={action.action_id} action={action} />
        ))}
      </ul>
      {hasNextPage && (
        <button
          type="button"
          className="button mt-3"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {words.actions.more}
        </button>
      )}
    </>
  );
}

function ActionRow({ action }: { action: Action }) {
  const now = useNow();
  const title = summaryOf(action);
  const { approval, created_by, updated_at, error } = action;
  return (
    <li className="border-line border-b">
      <Link to="/actions/$id" params={{ id: action.action_id }} className="hover:bg-panel flex gap-3 px-1 py-2.5">
        <span className="bg-chip text-muted flex size-6 shrink-0 items-center justify-center rounded-md">
          <TypeIcon type={action.type} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate">
            <strong className="font-semibold">{title}</strong>
          </span>
          <span className="text-muted block truncate text-sm">
            {[
              words.typeOf(action.type),
              readable(created_by.name),
              approval && words.actions.decidedBy(readable(approval.by.name)),
              error && readable(error.message),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </span>
        <span className="flex shrink-0 flex-col items-end text-xs">
          <time dateTime={updated_at} title={exactTime(updated_at)} className="text-muted">
            {distance(updated_at, now)}
          </time>
          <StatusPill action={action} />
        </span>
      </Link>
    </li>
  );
}

const TONES: Partial<Record<Status, string>> = {
  pending_approval: 'bg-accent-soft text-accent',
  failed: 'bg-risk-soft text-risk',
};

/** What a person has to find out, or found out, about a lost response. */
const FOUND: Partial<Record<StatusReason, string>> = {
  outcome_unknown: words.actions.unknown,
  confirmed_done: words.actions.confirmedDone,
  confirmed_not_done: words.actions.confirmedNotDone,
};

export function StatusPill({
  action: { status, status_reason },
}: {
  action: Pick<Action, 'status' | 'status_reason'>;
}) {
  const found = status_reason && FOUND[status_reason];
  return found ? (
    <span className="pill bg-warn-soft text-warn">{found}</span>
  ) : (
    <span className={`pill ${TONES[status] ?? 'bg-chip'}`}>{words.status[status]}</span>
  );
}
