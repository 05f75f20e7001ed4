import { stripVTControlCharacters } from 'node:util';

/** What a command shows: rows for people, and the same as JSON for programs. */
export interface Output {
  json: boolean;
}

type Cell = string | number | boolean | null | undefined;

/**
 * Makes a text of a workspace safe for a terminal: without escape sequences, control characters and marks that change
 * the direction of writing, an agent's text can neither move the cursor nor forge a line.
 */
export const clean = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ');

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Prints one JSON document per line, for a list that has no end. */
export const printJsonLine = (value: unknown): void => print(JSON.stringify(value));

const CELL_CHARS_MAX = 60;

function cellOf(value: Cell): string {
  const text = clean(value === null || value === undefined ? '-' : String(value));
  return text.length > CELL_CHARS_MAX ? `${text.slice(0, CELL_CHARS_MAX - 1)}…` : text;
}

/** Aligned columns, with their names on top. */
export function table<Row>(rows: readonly Row[], columns: Record<string, (row: Row) => Cell>): string {
  const lines = [
    Object.keys(columns).map((name) => name.toUpperCase()),
    ...rows.map((row) => Object.values(columns).map((of) => cellOf(of(row)))),
  ];
  const widths = Object.keys(columns).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Prints a list: a table on a terminal, else JSON. */
export function printList<Row>(
  { json }: Output,
  rows: readonly Row[],
  columns: Record<string, (row: Row) => Cell>,
): void {
  if (json) printJson(rows);
  else print(rows.length > 0 ? table(rows, columns) : 'None.');
}
