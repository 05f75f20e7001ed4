import { useState } from 'react';
import { inWords } from '../api/client.ts';
import { removeDemo } from '../api/views.ts';
import { toast } from '../decide/toasts.ts';
import { useSession } from '../shell/use-session.ts';
import { words } from '../words.ts';
import type { Inbox } from './use-inbox.ts';

/** Says which proposals are only a demo, and takes them away with one click. */
export function DemoNotice({ inbox: { waiting } }: { inbox: Inbox }) {
  const isAdmin = ['owner', 'admin'].includes(useSession()?.role ?? '');
  const [isRemoving, setRemoving] = useState(false);
  const count = waiting.rows.filter(
    ({ action_id, metadata }) => metadata.demo === 'true' && waiting.decided[action_id] === undefined,
  ).length;
  if (count === 0 || !isAdmin) return null;
  const remove = async (): Promise<void> => {
    setRemoving(true);
    try {
      toast({ text: words.demo.removed(await removeDemo()) });
    } catch (error) {
      toast({ text: inWords(error), tone: 'failure' });
    }
    setRemoving(false);
  };
  return (
    <p className="border-line text-muted flex items-center gap-2 border-b px-3.5 py-1.5 text-sm">
      <span className="flex-1">{words.demo.notice(count)}</span>
      <button type="button" className="text-accent py-1 underline" disabled={isRemoving} onClick={() => void remove()}>
        {words.demo.remove}
      </button>
    </p>
  );
}
