/** What the reference groups operations by. */
export const TAGS = {
  Access: 'Who calls: API keys, members, workspaces.',
  Actions: 'Proposals, from the first word to the outcome.',
  'Pending actions': 'The same actions in the second dialect: what waits, or once waited, for a person.',
  Agents: 'Agents, their runs, and approval by the place in a run.',
  Contacts: 'People, and what was written to and about them.',
  Companies: 'Companies, their contacts and notes.',
  Tasks: 'What people have to do.',
  'E-mail': 'Messages that were received or sent elsewhere.',
  Identities: 'Accounts to act as.',
  Tools: 'Tools of the workspace, called once a call of them is cleared.',
  Events: 'What happens, as it happens.',
  Operation: 'Pausing and resuming.',
} as const;
export type Tag = keyof typeof TAGS;
