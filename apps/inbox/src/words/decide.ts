import { plural } from './plural.ts';

export const decide = {
  approve: 'Approve',
  approveEdited: (count: number): string => `Approve with ${plural(count, 'change', 'changes')}`,
  approveMany: (count: number): string => `Approve ${count.toLocaleString()}`,
  rejectMany: (count: number): string => `Reject ${count.toLocaleString()}`,
  answer: 'Send the answer',
  edit: 'Edit',
  cancelEdit: 'Discard the changes',
  reject: 'Reject',
  rejectTitle: 'Reject this proposal',
  rejectTitleMany: (count: number): string => `Reject ${count.toLocaleString()} proposals`,
  rejectHelp: 'The agent reads the reason. A rejection is final.',
  reason: 'Reason (optional)',
  presets: ['Wrong recipient', 'Wrong amount or fact', 'Wrong tone', 'Not needed', 'Already done'],
  cancel: 'Cancel',
  undo: 'Undo',
  clearSelection: 'Clear the selection',
  approved: (title: string): string => `Approved “${title}”.`,
  rejected: (title: string): string => `Rejected “${title}”.`,
  recalled: (title: string): string => `Took “${title}” back. It waits again.`,
  proposals: (count: number): string => plural(count, 'proposal', 'proposals'),
  someNotRecalled: (failed: number, all: number, why: string): string =>
    `${failed.toLocaleString()} of ${all.toLocaleString()} could not be taken back. ${why}`,
  many: (count: number, how: string): string => `${plural(count, 'proposal', 'proposals')} ${how}.`,
  someFailed: (waiting: number, elsewhere: number): string =>
    [
      waiting > 0 && `${plural(waiting, 'was', 'were')} not decided and still ${waiting === 1 ? 'waits' : 'wait'}.`,
      elsewhere > 0 && `${plural(elsewhere, 'was', 'were')} decided by somebody else first.`,
    ]
      .filter(Boolean)
      .join(' '),
  againProposed: 'Proposed again as a new action.',
  again: 'Propose again',
  first: (title: string, isRejected: boolean, by: string): string =>
    `“${title}” was already ${isRejected ? 'rejected' : 'approved'} by ${by}.`,
  nothingToUndo: 'There is nothing to undo.',
  running: 'Some decisions have not been answered yet.',
  diff: 'What you changed',
  empty: 'An empty field is left out of the action.',
  emptyOfTool: 'An empty field is sent as null, or left out where the tool’s schema does not allow null.',
  listButtons: {
    add: 'Add',
    remove: 'Remove',
    moveUp: 'Move up',
    moveDown: 'Move down',
    copy: 'Copy',
    clear: 'Clear',
  },
  loadingForm: 'Loading the form …',
  badSchema: 'The fields do not match the tool’s schema.',
  badJson: 'This is not valid JSON.',
  badNumber: 'This is not a number.',
  questionAlone: 'Answer a question individually, not together with others.',
  readFirst: (count: number): string =>
    `${plural(count, 'proposal is', 'proposals are')} of high risk. Open each and read it to the end before you approve it.`,
} as const;
