import { Check } from 'lucide-react';
import { memo, type MouseEvent } from 'react';
import { riskRules } from '../api/queries.ts';
import { distance, exactTime, nearTime } from '../format.ts';
import { readable } from '../readable.ts';
import { TypeIcon } from '../shell/type-icon.tsx';
import { useNow } from '../use-now.ts';
import { summaryOf, openingOf } from '../waiting/preview-text.ts';
import { riskOf, type Risk } from '../waiting/risk.ts';
import type { Fold } from '../waiting/sections.ts';
import type { Decided } from '../waiting/waiting.ts';
import { words } from '../words.ts';

export const ROW_PX = 62;

interface RowProps {
  fold: Fold;
  isOpen: boolean;
  isTicked: boolean;
  decided: Decided | undefined;
  onTick: (ids: string[]) => void;
  onOpen: (id: string) => void;
}

/** One proposal: what will happen in the first line, what kind of thing it is in the second. */
export const Row = memo(function Row({ fold, isOpen, isTicked, decided, onTick, onOpen }: RowProps) {
  const { action, equals } = fold;
  const title = summaryOf(action);
  const ids = [action, ...equals].map(({ action_id }) => action_id);
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // in a new tab or window
    event.preventDefault();
    onOpen(action.action_id);
  };
  return (
    <div
      style={{ height: ROW_PX }}
      className={`border-line relative flex border-b border-l-3 ${isOpen ? 'bg-accent-soft border-l-accent' : 'border-l-transparent hover:bg-panel'} ${decided ? 'text-muted [&_strong]:font-normal' : ''}`}
    >
      <Tick type={action.type} title={title} isTicked={isTicked} onTick={() => onTick(ids)} />
      {/* Not the router's Link: each would be drawn again whenever the address changes, so by every key. */}
      <a
        href={`/?open=${action.action_id}`}
        onClick={open}
        aria-current={isOpen ? 'true' : undefined}
        className="flex min-w-0 flex-1 gap-3 py-2.5 pr-3 focus-visible:-outline-offset-2"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate">
            <strong className="font-semibold">{title}</strong>
          </span>
          <span className="text-muted block truncate text-sm">{secondLine(fold)}</span>
        </span>
        <RightSide fold={fold} decided={decided} />
      </a>
    </div>
  );
});

function secondLine({ action }: Fold): string {
  const { type, created_by, assignee, status_reason, preview, scheduled_time } = action;
  const reason = status_reason ? words.reason[status_reason] : undefined;
  const when = scheduled_time ? words.card.runsAt(nearTime(scheduled_time)) : undefined;
  return [
    assignee && words.list.assigned(readable(assignee.name)),
    words.typeOf(type),
    readable(created_by.name),
    reason ?? preview?.warnings?.[0] ?? when ?? openingOf(preview),
  ]
    .filter(Boolean)
    .join(' · ');
}

interface TickProps {
  type: string;
  title: string;
  isTicked: boolean;
  onTick: () => void;
}

const Tick = ({ type, title, isTicked, onTick }: TickProps) => (
  <button
    type="button"
    role="checkbox"
    aria-checked={isTicked}
    aria-label={words.list.select(title)}
    onClick={onTick}
    className="flex w-11 shrink-0 items-start pt-2.5 pl-2.5 focus-visible:-outline-offset-2"
  >
    <span
      className={`flex size-6 items-center justify-center rounded-md ${isTicked ? 'bg-accent text-page' : 'bg-chip text-muted'}`}
    >
      {isTicked ? <Check size={14} aria-hidden="true" /> : <TypeIcon type={type} />}
    </span>
  </button>
);

function RightSide({ fold: { action, equals }, decided }: { fold: Fold; decided: Decided | undefined }) {
  const now = useNow();
  if (decided) return <span className="text-muted shrink-0 text-xs">{decidedWords(decided)}</span>;
  return (
    <span className="flex shrink-0 flex-col items-end gap-0.5 text-xs">
      <time dateTime={action.created_at} title={exactTime(action.created_at)} className="text-muted">
        {distance(action.created_at, now)}
      </time>
      {equals.length > 0 ? (
        <span className="pill bg-accent-soft text-accent">{words.list.equal(equals.length + 1)}</span>
      ) : (
        <RiskPill risk={riskOf(action, riskRules())} />
      )}
    </span>
  );
}

const decidedWords = ({ how, by }: Decided): string =>
  how === 'deciding' ? words.decided.deciding : words.decided.by(words.decided.how[how], by);

const PILLS: Record<Risk, string> = {
  high: 'bg-risk-soft text-risk',
  changed: 'bg-warn-soft text-warn',
  warning: 'bg-warn-soft text-warn',
  question: 'bg-accent-soft text-accent',
  none: '',
};

export const RiskPill = ({ risk }: { risk: Risk }) =>
  risk === 'none' ? null : <span className={`pill ${PILLS[risk]}`}>{words.risk[risk]}</span>;
