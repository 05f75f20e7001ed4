/** The groups of operations in the reference. */
export const TAGS = {
  Access: 'API keys, members and workspaces.',
  Actions: 'Actions, from the proposal to the outcome.',
  'Pending actions': 'The same actions in the second dialect: those that wait, or have waited, for a person.',
  Agents: 'Agents, their runs, and decisions by index in a run.',
  Contacts: 'Contacts, with their notes, tasks and conversations.',
  Companies: 'Companies, their contacts and notes.',
  Tasks: 'Tasks for people.',
  'E-mail': 'Messages that were received or sent elsewhere.',
  Identities: 'Accounts to act as.',
  Tools: 'Tools of the workspace, called once an action is cleared.',
  Gateways: 'MCP servers behind the gate, and what agents may do with their tools.',
  Events: 'Events, as they happen.',
  Webhooks: 'Events, sent to your own addresses.',
  Operation: 'Pausing, resuming, and starting again after a restore.',
  Retention: 'Legal holds, the export of a workspace, and the erasure of a person’s data.',
} as const;
export type Tag = keyof typeof TAGS;
