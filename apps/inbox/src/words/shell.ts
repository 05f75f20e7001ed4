import { plural } from './plural.ts';

export const failure = {
  unreadable: (status: number): string => `The service answered ${status} without saying why. Try again shortly.`,
  notSent: 'The service did not answer. Check your connection, then try again.',
} as const;

export const nav = {
  waiting: 'Waiting for me',
  questions: 'Questions',
  unknown: 'Outcome unknown',
  everything: 'Everything',
  actions: 'All actions',
  insight: 'Insight',
  settings: 'Settings',
  main: 'Main',
  skip: 'Skip to the list',
  search: 'Filter by text',
  commands: 'Commands',
  signOut: 'Sign out',
  account: 'Your account',
  theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
} as const;

export const footer = {
  live: 'live',
  offline: 'not connected, trying again',
  keys: [
    [['j', 'k'], 'move'],
    [['a'], 'approve'],
    [['e'], 'edit'],
    [['r'], 'reject'],
    [['s'], 'snooze'],
    [['z'], 'undo'],
    [['x'], 'select'],
    [['?'], 'all keys'],
  ] as [string[], string][],
  today: (count: number): string => `${plural(count, 'decision', 'decisions')} in this tab`,
} as const;

export const keysSheet = {
  title: 'Keys',
  on: 'Single keys are on',
  off: 'Single keys are off',
  turnOff: 'Turn single keys off',
  turnOn: 'Turn single keys on',
  close: 'Close',
  list: [
    ['j / k', 'next / previous proposal'],
    ['o or Enter', 'open the action’s history'],
    ['a', 'approve'],
    ['e', 'edit in place'],
    ['r', 'reject with a reason'],
    ['x', 'select or unselect'],
    ['s', 'snooze: hide it from your list for a while'],
    ['h', 'hand it over to another member'],
    ['z', 'undo the last approval while it is held'],
    ['t', 'review a group as one template'],
    ['1 – 9', 'answer a question with that option'],
    ['.', 'show what arrived'],
    ['/', 'filter by text'],
    ['u or Esc', 'back; clear the selection'],
    ['g i', 'go to the inbox'],
    ['g q', 'go to the questions'],
    ['g u', 'go to unknown outcomes'],
    ['g a', 'go to all actions'],
    ['g s', 'go to the settings'],
    ['Ctrl K', 'command palette'],
    ['?', 'this sheet'],
  ] as [string, string][],
} as const;

export const stop = {
  button: 'Stop …',
  stopped: 'Stopped',
  title: 'Stop work',
  help: 'Stopped actions do not start until you resume them. Running ones finish. People can still decide.',
  workspace: 'everything in this workspace',
  everything: 'everything in every workspace',
  agent: (name: string): string => `what ${name} proposed`,
  type: (type: string): string => `every ${type}`,
  stop: (scope: string): string => `Stop ${scope}`,
  standing: (scope: string, by: string): string => `Stopped by ${by}: ${scope} does not start until you resume it.`,
  resume: 'Resume',
} as const;

export const page = {
  loadFailed: 'This page could not be loaded.',
  tryAgain: 'Try again',
  notFound: 'There is no page at this address.',
  toInbox: 'Go to the inbox',
} as const;
