import type { Action } from '@proviso/contracts';

/** Why a row stands out. */
export interface Flag {
  kind: 'structure' | 'length' | 'amount' | 'placeholder' | 'recipient' | 'warning';
  /** Null = of the row as a whole. */
  column: number | null;
  /** For `length` how many times as long as usual; for `warning` the warning. */
  detail: string;
}

interface Flagged {
  actions: Action[];
  columns: { path: string }[];
  cells: (string | null)[][];
  known: { recipients: ReadonlySet<string> | null };
  isRecipient: (path: string) => boolean;
}

/** What more of the rows have than this is not unusual. */
const RARE_SHARE_MAX = 0.2;
const LONGER_TIMES_MIN = 3;
const LONGER_CHARS_MIN = 40;
const AMOUNT = /[€$£¥]\s?\d|\d[\d\s.,]*(?:€|\$|£|¥|%|EUR\b|USD\b|GBP\b)/u;
const PLACEHOLDER =
  /\{\{[^{}]*\}\}|\{[a-z_]+\}|\$\{[^{}]*\}|<%[^%]*%>|\[(?:[A-Z][\w ]*|[a-z_ ]*name)\]|\b(?:undefined|NaN)\b/u;

/** By row, in the order of the rows. */
export function flagsOf({ actions, columns, cells, known, isRecipient }: Flagged): Flag[][] {
  const flags: Flag[][] = actions.map(() => []);
  const isRare = (has: boolean[]): boolean => has.filter(Boolean).length <= has.length * RARE_SHARE_MAX;
  const flagRare = (has: boolean[], flag: (row: number) => Flag): void => {
    if (isRare(has)) for (const [row, is] of has.entries()) if (is) flags[row]?.push(flag(row));
  };
  for (const [column, { path }] of columns.entries()) {
    const values = cells.map((row) => row[column] ?? '');
    const usual = median(values.map(({ length }) => length));
    for (const [row, value] of values.entries()) {
      if (PLACEHOLDER.test(value)) flags[row]?.push({ kind: 'placeholder', column, detail: '' });
      const times = Math.round(value.length / Math.max(1, usual));
      if (times >= LONGER_TIMES_MIN && value.length >= usual + LONGER_CHARS_MIN)
        flags[row]?.push({ kind: 'length', column, detail: String(times) });
    }
    flagRare(
      values.map((value) => AMOUNT.test(value)),
      () => ({ kind: 'amount', column, detail: '' }),
    );
    const { recipients } = known;
    if (recipients && isRecipient(path))
      flagRare(
        values.map((value) => value !== '' && !recipients.has(value)),
        () => ({ kind: 'recipient', column, detail: '' }),
      );
  }
  for (const [row, values] of cells.entries())
    if (values.includes(null)) flags[row]?.unshift({ kind: 'structure', column: null, detail: '' });
  const warnings = actions.map(({ preview }) => preview?.warnings ?? []);
  flagRare(
    warnings.map(({ length }) => length > 0),
    (row) => ({ kind: 'warning', column: null, detail: warnings[row]?.[0] ?? '' }),
  );
  return flags;
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
