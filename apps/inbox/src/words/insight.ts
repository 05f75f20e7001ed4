import { plural } from './plural.ts';

export const insight = {
  basis: (decided: number, waiting: number): string =>
    `From the latest ${plural(decided, 'decided action', 'decided actions')} and the ${plural(waiting, 'proposal that waits', 'proposals that have waited longest')}.`,
  load: 'Is more proposed than decided?',
  age: 'How long has what waits been waiting?',
  quality: 'Whose proposals are edited or rejected, and how long do people take?',
  unknown: 'Is anything unknown?',
  unknownCount: (count: number): string => `${plural(count, 'action', 'actions')} may or may not have happened`,
  proposed: 'proposed',
  decided: 'decided',
  oneDay: (proposed: number, decided: number): string =>
    `In one day ${plural(proposed, 'proposal', 'proposals')} and ${plural(decided, 'decision', 'decisions')}.`,
  nothing: 'Nothing has been decided yet.',
  chart: (proposed: number, decided: number, days: number): string =>
    `${plural(proposed, 'proposal', 'proposals')} and ${plural(decided, 'decision', 'decisions')} in ${plural(days, 'day', 'days')}`,
  ages: ['under 5 minutes', 'under an hour', 'under a day', 'a day or longer'],
  columns: {
    what: 'Agent and type',
    decided: 'Decided',
    edited: 'Edited',
    rejected: 'Rejected',
    byRule: 'By rule',
    median: 'Median',
    slowest: 'Slowest tenth from',
  },
} as const;
