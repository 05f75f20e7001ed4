import { useQuery } from '@tanstack/react-query';
import type { Action, JsonValue } from '@proviso/contracts';
import { listActions } from '../api/actions.ts';
import { asText } from '../waiting/preview-text.ts';
import { useSession } from '../shell/use-session.ts';
import { words } from '../words.ts';
import { compare } from './compare.ts';

/** What sets it apart from what this person approved before; nothing where that is too little to say. */
export function Delta({ action }: { action: Action }) {
  const userId = useSession()?.user_id;
  const { type, agent_id } = action;
  const { data: approved = [] } = useQuery({
    queryKey: ['actions', 'approved', type, agent_id],
    queryFn: async () => {
      const query = { type, agent_id: agent_id ?? undefined, status: 'approved,scheduled,running,completed' };
      return (await listActions(query)).actions;
    },
    staleTime: 60_000,
  });
  const mine = approved.filter(({ approval }) => approval !== null && isBy(approval.by, userId));
  const comparison = compare(action, mine);
  if (!comparison) return null;
  const { count, differs } = comparison;
  const what = words.typeOf(type);
  return (
    <p className="border-accent bg-page my-3 rounded-r border-l-3 px-3 py-2">
      {differs.length === 0 ? words.delta.same(count, what) : words.delta.except(count, what)}
      {differs.map(({ path, value, before }, at) => (
        <span key={path}>
          {at > 0 && ', '}
          <strong>{path}</strong>: {brief(value)}{' '}
          <span className="text-muted">({words.delta.usually(brief(before))})</span>
        </span>
      ))}
    </p>
  );
}

const BRIEF_CHARS_MAX = 60;

/** The card has all of it. */
function brief(value: JsonValue): string {
  const text = asText(value) || words.card.nothing;
  return text.length > BRIEF_CHARS_MAX ? `${text.slice(0, BRIEF_CHARS_MAX)}…` : text;
}

const isBy = (by: { kind: string; id: string }, userId: string | undefined): boolean =>
  by.kind === 'member' && by.id === userId;
