// A far side's words, such as a tool's description, are on the card and no part of what is approved. A change of them is
// shown, and asks a person again once: a server that puts a counter there could else never be approved. Held by
// mcp-tool-call.test.ts.
import type { Preview } from '@proviso/contracts';
import { sameJson } from '../canonical.ts';
import type { Executor } from '../execution/executor.ts';
import { differences, type Card } from './card.ts';

type Drawn = Card & Record<string, unknown>;

/** Whether two cards differ in the far side's words only: it defines the same, and all else is what it was. */
export function isReworded(executor: Executor, drawn: Drawn, before: Record<string, unknown>): boolean {
  return !!executor.definition && sameJson({ ...drawn, preview: null }, { ...before, preview: null });
}

const ASKED = 'The server has changed its description since the call was proposed';

export const hasAskedForWords = (card: Preview | null): boolean =>
  card?.warnings?.some((warning) => warning.startsWith(ASKED)) ?? false;

/** The card as it is now, which says what changed, and that further changes of words do not ask again. */
export function askingForWords(before: Preview | null, now: Preview): Preview {
  const changed = differences(before, now).join(', ') || 'the title or the warnings';
  const warning = `${ASKED}: ${changed}. Another change in wording alone does not need another approval.`;
  return { ...now, warnings: [...(now.warnings ?? []), warning] };
}
