import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ActionWithLogs, JsonObject, JsonValue, LogEntry } from '@proviso/contracts';
import { findSuccessor, getAction, proposeAgain } from '../api/actions.ts';
import { inWords } from '../api/client.ts';
import { Card, Notice } from '../card/card.tsx';
import { leavesOf } from '../card/uncovered.ts';
import { toast } from '../decide/toasts.ts';
import { TextDiff } from '../edit/changes.tsx';
import { exactTime, nearTime } from '../format.ts';
import { useKeys } from '../keys/use-keys.ts';
import { own } from '../own.ts';
import { readable } from '../readable.ts';
import { CommentForm } from '../together/comments.tsx';
import { asText } from '../waiting/preview-text.ts';
import { words } from '../words.ts';
import { StatusPill } from './actions-page.tsx';
import { OutcomePanel } from './outcome-panel.tsx';
import { SeenCard } from './seen-card.tsx';

/** One action: what it is, how it stands, and everything that has happened to it. */
export function ActionPage() {
  const { id } = useParams({ from: '/shell/actions/$id' });
  const { data: action, error } = useQuery({ queryKey: ['action', id], queryFn: () => getAction(id) });
  useKeys({ u: () => history.back() });
  if (error)
    return (
      <p role="alert" className="text-risk p-7">
        {inWords(error)}
      </p>
    );
  if (!action) return <p className="text-muted p-7">{words.list.loading}</p>;
  return (
    <div className="bg-panel min-h-0 flex-1 overflow-y-auto px-7 py-4 max-md:px-4" tabIndex={0}>
      <div className="grid max-w-310 grid-cols-[minmax(0,1fr)_22rem] gap-10 max-xl:grid-cols-1">
        <article>
          <h1 className="sr-only">{words.actions.one}</h1>
          <StatusPill action={action} />
          <Standing action={action} />
          <Card action={action} />
        </article>
        <aside>
          <Commands action={action} />
          <p className="mb-5">
            <Relatives action={action} />
          </p>
          <h2 className="mb-2 font-semibold">{words.actions.history}</h2>
          <ol className="border-line border-l-2 pl-4">
            {action.logs.map((entry, at) => (
              <Entry key={`${entry.at} ${at}`} action={action} entry={entry} />
            ))}
          </ol>
          <CommentForm id={action.action_id} />
        </aside>
      </div>
    </div>
  );
}

function Standing({ action }: { action: ActionWithLogs }) {
  const { status, status_reason, error, result } = action;
  if (status_reason === 'outcome_unknown') return <OutcomePanel action={action} />;
  const reason = status_reason && words.reason[status_reason];
  return (
    <>
      {status === 'pending_approval' && <p className="my-2">{words.actions.waits}</p>}
      {error && (
        <Notice>
          {reason && `${reason} `}
          {readable(error.message)}
        </Notice>
      )}
      {result && Object.keys(result).length > 0 && (
        <p className="text-muted my-2 text-sm">
          {words.actions.result}:{' '}
          {leavesOf(result)
            .map(({ path, value }) => readable(`${path} ${asText(value)}`))
            .join(', ')}
        </p>
      )}
    </>
  );
}

/** The earlier action that this one proposes again, and the later one that proposes this one again. */
function Relatives({ action: { action_id, again_of } }: { action: ActionWithLogs }) {
  const { data: successor } = useQuery({
    queryKey: ['action', action_id, 'successor'],
    queryFn: () => findSuccessor(action_id),
  });
  const links = [
    [words.actions.predecessor, again_of],
    [words.actions.successor, successor?.action_id],
  ] as const;
  return links.map(
    ([label, id]) =>
      id && (
        <Link key={label} to="/actions/$id" params={{ id }} className="text-accent mr-4 underline">
          {label}
        </Link>
      ),
  );
}

function Commands({ action }: { action: ActionWithLogs }) {
  const navigate = useNavigate();
  const again = async (): Promise<void> => {
    try {
      const { action_id } = await proposeAgain(action);
      toast({ text: words.decide.againProposed });
      await navigate({ to: '/actions/$id', params: { id: action_id } });
    } catch (error) {
      toast({ text: inWords(error), tone: 'failure' });
    }
  };
  const curl = `curl -sS ${location.origin}/v1/actions/${action.action_id} -H "Authorization: Bearer $PROVISO_API_KEY"`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(curl);
    toast({ text: words.actions.copied });
  };
  const isOver = ['completed', 'failed', 'rejected', 'cancelled'].includes(action.status);
  const mayBeProposedAgain = isOver && action.status_reason !== 'outcome_unknown';
  return (
    <div className="mb-5 flex flex-wrap gap-2">
      {action.status === 'pending_approval' && (
        <Link to="/" search={{ open: action.action_id }} className="button text-accent font-semibold">
          {words.actions.decide}
        </Link>
      )}
      {mayBeProposedAgain && (
        <button type="button" className="button" onClick={() => void again()}>
          {words.decide.again}
        </button>
      )}
      <button type="button" className="button" onClick={() => void copy()}>
        {words.actions.copyCurl}
      </button>
    </div>
  );
}

function Entry({ action, entry: { at, event, actor, data } }: { action: ActionWithLogs; entry: LogEntry }) {
  const { assignee, comment, edits, error } = data as {
    assignee?: { name: string } | null;
    comment?: string | null;
    edits?: JsonObject | null;
    error?: { message?: string };
  };
  return (
    <li className="relative mb-3">
      <span aria-hidden="true" className="bg-line absolute top-1.5 -left-[21px] size-2 rounded-full" />
      <span>
        {words.actions.event(event, actor.kind === 'system' ? null : readable(actor.name))}
        {event === 'action.assigned' && ` ${words.together.assignedTo(assignee?.name ?? null)}`}
      </span>
      <time dateTime={at} title={exactTime(at)} className="text-muted block text-xs">
        {nearTime(at)}
      </time>
      {comment && <q className="text-muted block text-sm">{readable(comment)}</q>}
      {error?.message && <span className="text-risk block text-sm">{readable(error.message)}</span>}
      <SeenCard action={action} data={data} />
      {edits && <EditList edits={edits} changes={data.changes} />}
    </li>
  );
}

/** `changes` is what the log holds of before and after, where it does. */
function EditList({ edits, changes }: { edits: JsonObject; changes: JsonValue | undefined }) {
  const before = (name: string): string => {
    const change =
      typeof changes === 'object' && changes !== null && !Array.isArray(changes) ? own(changes, name) : undefined;
    return typeof change === 'object' && change !== null && 'before' in change ? asText(change.before) : '';
  };
  return (
    <ul className="mt-1 text-sm">
      {Object.entries(edits).map(([name, value]) => (
        <li key={name}>
          <strong>{readable(name)}</strong>: <TextDiff before={before(name)} after={asText(value)} />
        </li>
      ))}
    </ul>
  );
}
