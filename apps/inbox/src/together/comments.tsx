import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { getAction } from '../api/actions.ts';
import { inWords } from '../api/client.ts';
import { commentOnAction } from '../api/together.ts';
import { toast } from '../decide/toasts.ts';
import { exactTime, nearTime } from '../format.ts';
import { readable } from '../readable.ts';
import { useDecides } from '../shell/use-session.ts';
import { asText } from '../waiting/preview-text.ts';
import { words } from '../words.ts';

/** What people say about the proposal. The agent can read it. */
export function Comments({ id }: { id: string }) {
  const { data: action } = useQuery({ queryKey: ['action', id], queryFn: () => getAction(id) });
  const comments = action?.logs.filter(({ event }) => event === 'action.commented') ?? [];
  const { together } = words;
  return (
    <section aria-label={together.comments} className="border-line mt-5 border-t pt-3">
      <ul>
        {comments.map(({ at, actor, data }) => (
          <li key={`${at} ${actor.id}`} className="mb-2 text-sm">
            <strong>{readable(actor.name)}</strong>{' '}
            <time dateTime={at} title={exactTime(at)} className="text-muted text-xs">
              {nearTime(at)}
            </time>
            <span className="block whitespace-pre-wrap">{readable(asText(data.comment))}</span>
          </li>
        ))}
      </ul>
      <CommentForm id={id} />
    </section>
  );
}

export function CommentForm({ id }: { id: string }) {
  const decides = useDecides();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [isSending, setSending] = useState(false);
  const { together } = words;
  const send = async (): Promise<void> => {
    setSending(true);
    try {
      await commentOnAction(id, text.trim());
      setText('');
      await client.invalidateQueries({ queryKey: ['action', id] });
    } catch (error) {
      toast({ text: inWords(error), tone: 'failure' });
    }
    setSending(false);
  };
  if (!decides) return null;
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        className="field flex-1"
        rows={1}
        aria-label={together.yourComment}
        placeholder={together.yourComment}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" className="button" disabled={isSending || text.trim() === ''}>
        {together.comment}
      </button>
    </form>
  );
}
