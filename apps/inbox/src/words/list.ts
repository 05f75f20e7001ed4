import { plural } from './plural.ts';
import { typeOf } from './types.ts';

export const list = {
  label: 'What waits for a decision',
  waiting: (count: number): string => `${count.toLocaleString()} waiting`,
  oldest: (age: string): string => `oldest ${age}`,
  run: (name: string): string => `run “${name}”`,
  assignee: 'For',
  assignees: { all: 'everyone', mine: 'me or anyone', me: 'me only' },
  assigned: (name: string): string => `for ${name}`,
  snoozed: (count: number): string => `${count.toLocaleString()} snoozed`,
  any: 'any',
  counted: (name: string, count: number): string => `${name} (${count.toLocaleString()})`,
  type: 'Type',
  agent: 'Agent',
  age: 'Waits',
  ages: { any: 'any time', hour: 'over an hour', day: 'over a day', week: 'over a week' },
  group: 'Group',
  groups: { run: 'run', agent: 'agent', type: 'type', none: 'none' },
  sort: 'Sort',
  sorts: { oldest: 'oldest', newest: 'newest' },
  arrivals: (count: number): string => `${count.toLocaleString()} new`,
  show: 'press . to show',
  alike: (count: number): string => `${count.toLocaleString()} alike`,
  asTemplate: 'review as one template',
  equal: (count: number): string => `${count.toLocaleString()} equal`,
  empty: 'Nothing waits for you.',
  emptyFiltered: 'No waiting proposal matches these filters.',
  emptyHelp: 'When an agent proposes something, it appears here at once. You do not need to reload.',
  lastDecision: (age: string): string => `Last decision ${age} ago.`,
  clear: 'Clear the filters',
  loading: 'Loading what waits …',
  select: (title: string): string => `Select “${title}”`,
  filter: {
    type: (type: string): string => `type: ${typeOf(type)}`,
    agent: (name: string): string => `agent: ${name}`,
    run: 'one run',
    q: (text: string): string => `text: ${text}`,
    remove: (what: string): string => `Remove the filter ${what}`,
  },
  filters: 'Filters',
  moreLoad: 'Loading more …',
  selected: (count: number): string => `${count.toLocaleString()} selected`,
} as const;

export const risk = {
  high: 'high risk',
  changed: 'changed',
  warning: 'warning',
  question: 'question',
  none: '',
} as const;

export const decided = {
  deciding: 'deciding …',
  by: (how: string, name: string | null): string => (name ? `${how} by ${name}` : how),
  how: {
    approved: 'approved',
    scheduled: 'approved',
    auto_approved: 'approved',
    running: 'running',
    completed: 'done',
    failed: 'failed',
    rejected: 'rejected',
    cancelled: 'cancelled',
    pending_approval: 'waiting',
  },
} as const;

export const view = {
  label: 'View',
  all: 'everything',
  none: 'not saved',
  shared: (name: string): string => `${name} (shared)`,
  save: 'Save as a view',
  submit: 'Save',
  remove: 'Delete this view',
  name: 'Name of the view',
  share: 'Everybody who may decide sees it',
} as const;

export const demo = {
  notice: (count: number): string => `${plural(count, 'proposal is', 'proposals are')} only a demo.`,
  remove: 'Remove the demo',
  removed: (count: number): string => `Removed ${plural(count, 'demo proposal', 'demo proposals')}.`,
} as const;
