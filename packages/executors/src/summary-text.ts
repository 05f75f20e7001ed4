// The parts of one-line summaries. Core makes them readable and cuts them, as every text of a preview.
import type { JsonObject, JsonValue, Preview } from '@proviso/contracts';

const QUOTE_CHARS_MAX = 120;

/** How a longer text begins, in quotes; empty without one. */
export function quoted(text: string | undefined): string {
  const line = (text ?? '')
    .slice(0, QUOTE_CHARS_MAX * 2)
    .replaceAll(/\s+/gu, ' ')
    .trim();
  if (line === '') return '';
  return line.length > QUOTE_CHARS_MAX ? `“${line.slice(0, QUOTE_CHARS_MAX).toWellFormed()}…”` : `“${line}”`;
}

/** The first, and how many there are besides it. */
export const firstOf = ([first = '?', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`;

/** Joins what there is: `Note on Ada: “Call back.”`. */
export const told = (what: string, detail: string): string => (detail === '' ? what : `${what}: ${detail}`);

/** A value in a line: text and numbers as they are, anything larger as JSON. */
const shown = (value: JsonValue): string =>
  value === null || value === '' ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** `title Countess → Duchess, phone nothing`, sorted by name: jsonb returns the keys in another order. */
export const changes = (properties: JsonObject, before: JsonValue | undefined): string =>
  sorted(properties)
    .map(([name, value]) => {
      const was = typeof before === 'object' && before !== null && !Array.isArray(before) ? before[name] : undefined;
      return `${name} ${was === undefined ? '' : `${shown(was)} → `}${shown(value)}`;
    })
    .join(', ');

/** `amount 480, order A-1`, sorted by name. */
export const inputs = (input: JsonObject): string =>
  sorted(input)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ');

const sorted = (object: JsonObject): [string, JsonValue][] =>
  Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Whom or what a preview’s field names. */
export const fieldIn = (fields: Preview['fields'], label: string): string => {
  const value = fields.find((field) => field.label === label)?.value;
  return typeof value === 'string' ? value : '';
};
