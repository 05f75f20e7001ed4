import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CardPane } from '../card/card-pane.tsx';
import { barClass, goClass } from '../card/action-bar.tsx';
import { mustBeRead } from '../card/use-read-to-end.ts';
import { decide, undoLatest } from '../decide/decide.ts';
import { RejectDialog } from '../decide/reject-dialog.tsx';
import { toast } from '../decide/toasts.ts';
import { useKeys } from '../keys/use-keys.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { ListPane } from '../list/list-pane.tsx';
import { useInbox, type Inbox } from '../list/use-inbox.ts';
import { useDecides } from '../shell/use-session.ts';
import { useSnoozeReturns } from '../together/use-snooze-returns.ts';
import { words } from '../words.ts';

/** The list of what waits, and the card that is open. */
export function InboxPage() {
  const inbox = useInbox();
  const snoozed = useSnoozeReturns();
  const navigate = useNavigate();
  const { open, sections } = inbox;
  useKeys({
    j: () => inbox.move(1),
    k: () => inbox.move(-1),
    o: () => open && void navigate({ to: '/actions/$id', params: { id: open.action.action_id } }),
    x: () => open && inbox.toggle([open.action, ...open.equals].map(({ action_id }) => action_id)),
    u: () => (inbox.selected.length > 0 ? inbox.clear() : inbox.openRow(undefined)),
    Escape: inbox.clear,
    '.': inbox.showArrivals,
    z: undoLatest,
    t: () => {
      const template = sections.find(({ folds }) => open && folds.includes(open))?.template;
      if (!template) return;
      const { type, agentId: agent, runId: run } = template;
      void navigate({ to: '/review', search: { type, agent, run } });
    },
  });
  return (
    <div className="flex min-h-0 flex-1">
      <ListPane inbox={inbox} snoozed={snoozed} />
      {open ? (
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <CardPane key={open.action.action_id} inbox={inbox} latest={open.action} equals={open.equals} />
          {inbox.selected.length > 0 && <SelectionBar inbox={inbox} />}
        </div>
      ) : (
        <div className="bg-panel text-muted flex min-w-0 flex-1 items-center justify-center max-md:hidden">
          {inbox.folds.length > 0 && words.card.none}
        </div>
      )}
    </div>
  );
}

/** One decision on all that are ticked; the answer tells of each. */
function SelectionBar({ inbox: { selected, clear, toNext } }: { inbox: Inbox }) {
  const [isRejecting, setRejecting] = useState(false);
  const decides = useDecides();
  const { approveMany, rejectMany, clearSelection, questionAlone, readFirst } = words.decide;
  const send = (decision: Parameters<typeof decide>[1]): void => {
    if (!decides) return;
    if (selected.some(({ type }) => type === 'escalate_to_human'))
      return toast({ text: questionAlone, tone: 'failure' });
    const unread = decision.action === 'approve' ? selected.filter(mustBeRead).length : 0;
    if (unread > 0) return toast({ text: readFirst(unread), tone: 'failure' });
    clear();
    toNext(selected.map(({ action_id }) => action_id));
    void decide(selected, decision);
  };
  useKeys({ a: () => send({ action: 'approve' }), r: () => setRejecting(true) });
  return (
    <div role="region" aria-label={words.list.selected(selected.length)} className={`${barClass} bg-accent-soft`}>
      <strong>{words.list.selected(selected.length)}</strong>
      <button type="button" className={goClass} disabled={!decides} onClick={() => send({ action: 'approve' })}>
        {approveMany(selected.length)} <KeyCap onGo>a</KeyCap>
      </button>
      <button type="button" className="button text-risk" disabled={!decides} onClick={() => setRejecting(true)}>
        {rejectMany(selected.length)} <KeyCap>r</KeyCap>
      </button>
      <button type="button" className="button" onClick={clear}>
        {clearSelection}
      </button>
      {isRejecting && (
        <RejectDialog
          count={selected.length}
          onClose={() => setRejecting(false)}
          onReject={(comment) => {
            setRejecting(false);
            send({ action: 'reject', ...(comment && { comment }) });
          }}
        />
      )}
    </div>
  );
}
