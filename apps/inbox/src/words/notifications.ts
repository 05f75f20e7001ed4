export const notifications = {
  title: 'Notifications',
  help: (email: string): string => `Mails go to ${email}. They name what waits for you, and their links only open it.`,
  off: 'This workspace sends no mails yet. An admin chooses the account that they are sent through.',
  digest: 'A digest each day',
  none: 'none',
  from: (hour: number): string => `from ${String(hour).padStart(2, '0')}:00`,
  zone: (name: string): string => `Your time zone: ${name}`,
  waiting: 'When something has waited',
  over: { 15: 'over 15 minutes', 60: 'over an hour', 240: 'over 4 hours', 1440: 'over a day' } as Record<
    number,
    string
  >,
  minutes: (count: number): string => `over ${count} minutes`,
  push: {
    on: 'Notify me in this browser',
    off: 'Stop notifying me in this browser',
    help: 'It says how many proposals wait, and nothing of what they say. It ends when you sign out.',
    refused: 'The browser does not allow notifications from this address. Allow them in its settings, then try again.',
    failed: 'The browser could not be reached by its push service. Try again, or use mails.',
    unavailable: 'This browser or this instance cannot show notifications.',
  },
  through: 'Mails to members are sent through',
  nobody: 'no account: nobody gets mails',
} as const;
