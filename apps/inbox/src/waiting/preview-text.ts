// Lines of text from what the service renders. Held by apps/inbox/test/unit/preview-text.test.ts.
import type { Action, JsonValue, Preview } from '@proviso/contracts';

const CHARS_MAX = 160;

/** What will happen, in one line: the service's own words, from what will run. */
export const summaryOf = ({ type, preview }: Pick<Action, 'type' | 'preview'>): string =>
  preview?.summary ?? preview?.title ?? type;

/** How the text begins that somebody will read; empty where the summary has that already. */
export function openingOf(preview: Preview | null): string {
  const body = preview?.body;
  if (!body) return '';
  const text = 'text' in body ? body.text : body.html.replaceAll(/<[^<>]*>/gu, ' ');
  const opening = text
    .slice(0, CHARS_MAX * 2)
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .slice(0, CHARS_MAX);
  return preview.summary?.includes(opening.slice(0, 40)) ? '' : opening;
}

/** `properties["title"]` is the property `title`. */
export const nameIn = (label: string): string => /^\w+\["(.*)"\]$/.exec(label)?.[1] ?? label;

export function asText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
