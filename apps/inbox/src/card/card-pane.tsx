import { useEffect, useRef, useState } from 'react';
import type { Action } from '@proviso/contracts';
import { ArrowLeft } from 'lucide-react';
import { decide } from '../decide/decide.ts';
import { RejectDialog } from '../decide/reject-dialog.tsx';
import { EditForm } from '../edit/edit-form.tsx';
import { useEdit } from '../edit/use-edit.ts';
import { useKeys } from '../keys/use-keys.ts';
import type { Inbox } from '../list/use-inbox.ts';
import { useDecides } from '../shell/use-session.ts';
import { Comments } from '../together/comments.tsx';
import { TogetherDialog } from '../together/together-dialog.tsx';
import { words } from '../words.ts';
import { ActionBar } from './action-bar.tsx';
import { Card, CardHead, Notice } from './card.tsx';
import { Delta } from './delta.tsx';
import { Question } from './question.tsx';
import { mustBeRead, useReadToEnd } from './use-read-to-end.ts';

/** The proposal that is open, and the decision on it. */
export function CardPane({ inbox, latest, equals }: { inbox: Inbox; latest: Action; equals: Action[] }) {
  // What the reader sees stays as it is until they ask for what changed: the decision is bound to that.
  const [shown, setShown] = useState(latest);
  const isSame = shown.params_hash === latest.params_hash && shown.card_digest === latest.card_digest;
  const isChanged = !isSame && inbox.waiting.decided[latest.action_id] === undefined;
  const edit = useEdit(shown);
  const [isRejecting, setRejecting] = useState(false);
  const [together, setTogether] = useState<'snooze' | 'assign' | null>(null);
  const decides = useDecides();
  const scroller = useRef<HTMLDivElement>(null);
  const isRead = useReadToEnd(scroller, shown, !edit.isOpen);
  const mustRead = mustBeRead(shown);
  const decided = inbox.waiting.decided[shown.action_id];
  const isQuestion = shown.type === 'escalate_to_human';
  const ids = [shown.action_id];

  const send = (decision: Parameters<typeof decide>[1]): void => {
    inbox.toNext(ids);
    void decide([shown], decision);
  };
  const approve = (): void => {
    if (decided || isChanged || isQuestion) return;
    if (mustRead) return scroller.current?.scrollBy({ top: scroller.current.clientHeight * 0.9 });
    if (edit.isOpen && edit.count > 0) {
      if (!edit.fault) send({ action: 'edit', edits: edit.edits });
    } else send({ action: 'approve' });
  };
  const startEdit = (): void => {
    if (!decided && !isChanged && !isQuestion) edit.open();
  };
  useKeys({
    a: () => inbox.selected.length === 0 && approve(),
    e: startEdit,
    r: () => inbox.selected.length === 0 && !decided && setRejecting(true),
    s: () => decides && !decided && setTogether('snooze'),
    h: () => decides && !decided && setTogether('assign'),
  });
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [shown.action_id]);

  return (
    <section aria-label={words.card.label} className="bg-panel flex min-h-0 min-w-0 flex-1 flex-col">
      <div
        ref={scroller}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-7 py-4 focus-visible:-outline-offset-2 max-md:px-4"
      >
        <BackButton onBack={() => inbox.openRow(undefined)} />
        <div className="max-w-190">
          {isChanged && <ChangedNotice onShow={() => setShown(latest)} />}
          {edit.isOpen ? (
            <>
              <CardHead action={shown} />
              <EditForm edit={edit} />
            </>
          ) : (
            <Card action={shown}>
              <Delta action={shown} />
              {equals.length > 0 && (
                <Equals ids={[shown, ...equals].map(({ action_id }) => action_id)} onSelect={inbox.toggle} />
              )}
              {isQuestion && !decided && <Question action={shown} onAnswer={send} />}
            </Card>
          )}
          <div data-end-of-card="" className="h-px" />
          <Comments id={shown.action_id} />
        </div>
      </div>
      {inbox.selected.length === 0 && (
        <ActionBar
          shown={shown}
          decided={decided}
          isBlocked={isChanged}
          isRead={isRead}
          mustRead={mustRead}
          edit={edit}
          onApprove={approve}
          onEdit={startEdit}
          onReject={() => setRejecting(true)}
          onSnooze={() => setTogether('snooze')}
          onAssign={() => setTogether('assign')}
        />
      )}
      {together && (
        <TogetherDialog
          kind={together}
          action={latest}
          onClose={() => setTogether(null)}
          onSnooze={() => inbox.toNext(ids)}
        />
      )}
      {isRejecting && (
        <RejectDialog
          count={1}
          onClose={() => setRejecting(false)}
          onReject={(comment) => {
            setRejecting(false);
            send({ action: 'reject', ...(comment && { comment }) });
          }}
        />
      )}
    </section>
  );
}

const BackButton = ({ onBack }: { onBack: () => void }) => (
  <button
    type="button"
    className="text-accent -ml-2 mb-1 inline-flex min-h-11 items-center gap-1 px-2 md:hidden"
    onClick={onBack}
  >
    <ArrowLeft size={16} aria-hidden="true" /> {words.card.back}
  </button>
);

const ChangedNotice = ({ onShow }: { onShow: () => void }) => (
  <div role="alert" className="bg-warn-soft text-warn mb-3 flex items-center gap-3 rounded-md px-3 py-2">
    <span className="flex-1">{words.card.updated}</span>
    <button type="button" className="button" onClick={onShow}>
      {words.card.showUpdate}
    </button>
  </div>
);

const Equals = ({ ids, onSelect }: { ids: string[]; onSelect: (ids: string[]) => void }) => (
  <Notice>
    {words.card.equals(ids.length - 1)}{' '}
    <button type="button" className="underline" onClick={() => onSelect(ids)}>
      {words.card.selectEquals(ids.length)}
    </button>
  </Notice>
);
