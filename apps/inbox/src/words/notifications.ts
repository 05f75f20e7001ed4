export const notifications = {
  title: 'Mails to you',
  help: (email: string): string => `To ${email}. They name what waits for you, and their links only open it.`,
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
  through: 'Mails to members are sent through',
  nobody: 'no account: nobody gets mails',
} as const;
