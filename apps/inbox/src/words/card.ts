import { plural } from './plural.ts';

export const status = {
  pending_approval: 'waiting for a person',
  scheduled: 'scheduled',
  approved: 'approved',
  auto_approved: 'approved by rule',
  running: 'running',
  completed: 'done',
  failed: 'failed',
  rejected: 'rejected',
  cancelled: 'cancelled',
} as const;

export const reason = {
  approval_expired: 'The approval expired before it could start.',
  expired: 'It expired.',
  changed_after_approval: 'It was changed after its approval.',
  identity_changed: 'The account that it acts as has changed since the approval.',
  tool_changed: 'The tool has changed since the approval.',
  stale: 'It waited so long that what was looked up may be out of date.',
  not_looked_up: 'Not everything on this card could be looked up.',
  recalled: 'The approval was taken back.',
  restored: 'The database was restored from a backup. This may already have happened: check before you approve it.',
  confirmed_done: 'A person found that it happened.',
  confirmed_not_done: 'A person found that it did not happen.',
} as Record<string, string>;

export const card = {
  label: 'The proposal',
  none: 'Choose a proposal to read it.',
  actsAs: 'Acts as',
  runs: 'Runs',
  runsNow: 'as soon as you approve',
  runsHeld: (seconds: number): string => `${seconds} s after you approve; until then you can take it back`,
  runsAt: (time: string): string => `${time}, if you approve`,
  expires: (time: string): string => `expires ${time}`,
  before: 'before',
  after: 'after',
  nothing: 'nothing',
  agentSays: (name: string): string => `What ${name} says`,
  unchecked: 'its own words, not checked',
  other: 'Other fields of the proposal',
  otherHelp: 'The card above does not show these.',
  redacted: (time: string): string => `The content of this action was redacted on ${time}.`,
  raw: 'Raw JSON',
  history: 'History',
  mailFrame: 'The message as its recipient sees it',
  proposedBy: (name: string, age: string): string => `proposed by ${name} ${age} ago`,
  updated: 'This proposal has changed since you opened it.',
  showUpdate: 'Show what changed',
  back: 'Back to the list',
  readAll: 'all read',
  readMore: 'read to the end to approve',
  notRead: 'not read to the end',
  showAll: 'show all',
  showLess: 'show less',
  mayNotDecide: 'Your role can read proposals, but not decide on them.',
  hash: 'The start of the hash that your decision is bound to',
  equals: (count: number): string =>
    `${plural(count, 'equal proposal waits', 'equal proposals wait')} too. Your decision is for this one; select all with x to decide on them together.`,
  selectEquals: (count: number): string => `Select all ${count}`,
  question: 'Your answer',
  ownAnswer: 'Answer in your own words',
  warning: 'Warning',
  changedFields: 'Changed since you opened it',
} as const;

export const delta = {
  same: (count: number, what: string): string => `Like the last ${plural(count, what, `${what}s`)} that you approved.`,
  except: (count: number, what: string): string =>
    `Like the last ${plural(count, what, `${what}s`)} that you approved, except `,
  usually: (value: string): string => `usually ${value}`,
} as const;

export const together = {
  readersLabel: 'Who else is reading this',
  readers: (names: string[]): string =>
    names.length === 1
      ? `${names[0]} is reading this too`
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are reading this too`,
  snooze: 'Snooze',
  snoozeTitle: 'Snooze this proposal',
  snoozeHelp: 'It leaves your list only, and comes back at that time or when it changes.',
  snoozeTimes: {
    hour: 'for an hour',
    hours: 'for four hours',
    tomorrow: 'until tomorrow morning',
    monday: 'until Monday morning',
    change: 'until it changes',
  },
  snoozed: (title: string, until: string | null): string =>
    until ? `Snoozed “${title}” until ${until}.` : `Snoozed “${title}” until it changes.`,
  assign: 'Hand over',
  assignTitle: 'Hand this proposal over',
  assignHelp: 'It shows who should decide. Everybody who may decide still can.',
  anybody: 'anybody who may decide',
  you: (name: string): string => `${name} (you)`,
  assigned: (title: string, name: string | null): string =>
    name ? `Handed “${title}” over to ${name}.` : `“${title}” is for anybody again.`,
  assignedTo: (name: string | null): string => `to ${name ?? 'anybody who may decide'}`,
  comments: 'Comments',
  comment: 'Comment',
  yourComment: 'Your comment, which the agent can read',
} as const;
