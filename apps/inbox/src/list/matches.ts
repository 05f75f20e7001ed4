import type { Action } from '@proviso/contracts';

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);

/** Whether each word begins a word of the card, the params or the proposer: the `q` of the service. */
export function matchesText({ preview, params, created_by, description, type }: Action, text: string): boolean {
  const asked = wordsOf(text);
  if (asked.length === 0) return true;
  const said = stringsOf([preview, params, description, created_by.name, type]).flatMap(wordsOf);
  return asked.every((word) => said.some((one) => one.startsWith(word)));
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...stringsOf(each)]);
}
