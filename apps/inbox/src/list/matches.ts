import type { Action } from '@proviso/contracts';

/** Whether each word stands somewhere in what the card, the proposer or the params say. */
export function matchesText(action: Action, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return true;
  const { preview, params, created_by, description, action_id } = action;
  const all =
    `${JSON.stringify(preview)} ${JSON.stringify(params)} ${created_by.name} ${description ?? ''} ${action_id}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
