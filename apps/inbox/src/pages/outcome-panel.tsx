import { useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import type { Action } from '@proviso/contracts';
import { confirmOutcome, proposeAgain } from '../api/actions.ts';
import { inWords } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { toast } from '../decide/toasts.ts';
import { exactTime } from '../format.ts';
import { words } from '../words.ts';

/** What is known about an unknown outcome, and the two findings that settle it. */
export function OutcomePanel({ action }: { action: Action }) {
  const { action_id, type, error, effect_started_at, started_at } = action;
  const [comment, setComment] = useState('');
  const [isSending, setSending] = useState(false);
  const navigate = useNavigate();
  const confirm = async (outcome: 'done' | 'not_done'): Promise<void> => {
    setSending(true);
    try {
      const confirmed = await confirmOutcome(action_id, outcome, comment.trim());
      if (outcome === 'done') toast({ text: words.actions.confirmed });
      else {
        const again = await proposeAgain(confirmed);
        toast({ text: words.decide.againProposed });
        await navigate({ to: '/actions/$id', params: { id: again.action_id } });
      }
    } catch (failure) {
      toast({ text: inWords(failure), tone: 'failure' });
    }
    await queryClient.invalidateQueries(); // also of a loser, who then sees what was found
    setSending(false);
  };
  const { outcome, outcomeHelp, begun, begunUnknown, farSide, whereToLook, howKnown, happened, notHappened } =
    words.actions;
  const since = effect_started_at ?? started_at;
  return (
    <section aria-labelledby="outcome" className="bg-warn-soft my-3 rounded-lg p-4">
      <h2 id="outcome" className="font-semibold">
        {outcome}
      </h2>
      <p className="mt-1">
        {outcomeHelp} {since ? begun(exactTime(since)) : begunUnknown}
      </p>
      {error && <p className="mt-1">{farSide(error.message)}</p>}
      <p className="mt-1 font-semibold">{whereToLook(type)}</p>
      <label className="mt-3 block">
        <span className="text-sm">{howKnown}</span>
        <input className="field mt-1" value={comment} onChange={({ target }) => setComment(target.value)} />
      </label>
      <div className="mt-3 flex flex-wrap gap-2.5">
        <button
          type="button"
          className="button font-semibold"
          disabled={isSending}
          onClick={() => void confirm('done')}
        >
          {happened}
        </button>
        <button type="button" className="button" disabled={isSending} onClick={() => void confirm('not_done')}>
          {notHappened}
        </button>
      </div>
    </section>
  );
}
