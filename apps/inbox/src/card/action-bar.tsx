import type { Action } from '@proviso/contracts';
import { Check, Clock, Pencil, UserRound, X } from 'lucide-react';
import type { Edit } from '../edit/use-edit.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { useDecides } from '../shell/use-session.ts';
import type { Decided } from '../waiting/waiting.ts';
import { words } from '../words.ts';

interface ActionBarProps {
  shown: Action;
  decided: Decided | undefined;
  isBlocked: boolean;
  isRead: boolean;
  mustRead: boolean;
  edit: Edit;
  onApprove: () => void;
  onEdit: () => void;
  onReject: () => void;
  onSnooze: () => void;
  onAssign: () => void;
}

export const barClass =
  'border-line bg-page flex shrink-0 flex-wrap items-center gap-2.5 border-t px-7 py-3 max-md:px-4 max-md:pb-[max(12px,env(safe-area-inset-bottom))]';
export const goClass =
  'button bg-go text-go-ink border-transparent font-semibold hover:not-disabled:bg-go disabled:bg-chip disabled:text-muted';

/** What can be done with the card; far apart on a phone, where a thumb decides. */
export function ActionBar({
  shown,
  decided,
  isBlocked,
  isRead,
  mustRead,
  edit,
  onApprove,
  onEdit,
  onReject,
  onSnooze,
  onAssign,
}: ActionBarProps) {
  const decides = useDecides();
  const text = words.decide;
  if (decided) return <DecidedBar decided={decided} />;
  if (!decides) return <div className={`${barClass} text-muted`}>{words.card.mayNotDecide}</div>;
  const isQuestion = shown.type === 'escalate_to_human';
  const isEdited = edit.isOpen && edit.count > 0;
  return (
    <div className={barClass}>
      {!isQuestion && (
        <button
          type="button"
          className={goClass}
          disabled={isBlocked || mustRead || (edit.isOpen && edit.fault !== null)}
          onClick={onApprove}
        >
          <Check size={15} aria-hidden="true" />
          {isEdited ? text.approveEdited(edit.count) : text.approve} <KeyCap onGo>a</KeyCap>
        </button>
      )}
      {!isQuestion && !edit.isOpen && (
        <button type="button" className="button" disabled={isBlocked} onClick={onEdit}>
          <Pencil size={14} aria-hidden="true" />
          {text.edit} <KeyCap>e</KeyCap>
        </button>
      )}
      {edit.isOpen && (
        <button type="button" className="button" onClick={edit.close}>
          {text.cancelEdit}
        </button>
      )}
      <button type="button" className="button text-risk max-md:ml-auto" onClick={onReject}>
        <X size={15} aria-hidden="true" />
        {text.reject} <KeyCap>r</KeyCap>
      </button>
      <button type="button" className="button" title={words.together.snoozeHelp} onClick={onSnooze}>
        <Clock size={14} aria-hidden="true" />
        {words.together.snooze} <KeyCap>s</KeyCap>
      </button>
      <button type="button" className="button" title={words.together.assignHelp} onClick={onAssign}>
        <UserRound size={14} aria-hidden="true" />
        {words.together.assign} <KeyCap>h</KeyCap>
      </button>
      <span className="text-muted ml-auto text-xs max-xl:hidden">
        {isRead ? `${words.card.readAll} ✓` : mustRead ? words.card.readMore : words.card.notRead} ·{' '}
        <span title={words.card.hash}>
          {shown.params_hash.slice(0, 4)}…{shown.params_hash.slice(-2)}
        </span>
      </span>
    </div>
  );
}

const DecidedBar = ({ decided: { how, by } }: { decided: Decided }) => (
  <div role="status" className={`${barClass} text-muted`}>
    {how === 'deciding' ? words.decided.deciding : words.decided.by(words.decided.how[how], by)}
  </div>
);
