import { plural } from './plural.ts';

export const review = {
  title: (count: number, what: string): string => `${plural(count, what, `${what}s`)}, one template`,
  back: 'Inbox',
  summary: (alike: number): string => `${alike.toLocaleString()} alike`,
  standOut: (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'stands' : 'stand'} out`,
  each: 'each is still decided individually, on its own text',
  allSay: 'What all of them say. Coloured parts vary.',
  template: 'The template',
  common: (text: string): string => `Change in all ticked rows: ${text}`,
  cellHelp:
    'Click the text to change it in all ticked rows, or a cell to change it in that row only. A row of another structure keeps its text.',
  decide: 'Decide',
  tick: (name: string): string => `Approve ${name}`,
  cross: (name: string): string => `Reject ${name}`,
  cell: (column: string, row: string): string => `${column}, ${row}`,
  structure: 'another structure',
  readAll: 'read all',
  flags: {
    structure: 'another structure',
    amount: 'amount',
    placeholder: 'unfilled placeholder',
    recipient: 'never written to',
    length: (times: string): string => `${times} × longer`,
  },
  approve: (count: number, changes: number): string =>
    `Approve ${count.toLocaleString()} ticked${changes > 0 ? ` with ${plural(changes, 'change', 'changes')} to all` : ''}`,
  reject: (count: number): string => `Reject ${count.toLocaleString()} crossed`,
  left: (count: number): string => `${count.toLocaleString()} left for later`,
  none: 'Nothing in this group is waiting any more.',
  loading: (count: number): string => `Reading the group … ${count.toLocaleString()} so far`,
  edited: 'changed',
  table: 'What varies',
} as const;
