import { own } from '../own.ts';

const EVENT_WORDS: Record<string, string> = {
  'action.created': 'Proposed',
  'action.updated': 'Changed',
  'action.approved': 'Approved',
  'action.rejected': 'Rejected',
  'action.cancelled': 'Cancelled',
  'action.expired': 'Expired',
  'action.returned_to_review': 'Returned to review',
  'action.released': 'Released',
  'action.recalled': 'Taken back',
  'action.assigned': 'Handed over',
  'action.commented': 'Commented',
  'action.claimed': 'Started',
  'action.retried': 'Failed, and will be tried again',
  'action.requeued': 'Put back in the queue',
  'action.completed': 'Done',
  'action.failed': 'Failed',
  'action.outcome_confirmed': 'Outcome confirmed',
};

/** Where a person sees whether it happened. */
const WHERE_TO_LOOK: Record<string, string> = {
  email_message: 'Look in the sent folder of the account, or ask the recipient.',
  linkedin_connection: 'Look at the sent invitations of the LinkedIn account.',
  resend_create_broadcast: 'Look at the broadcasts in Resend.',
  resend_create_contact: 'Look at the audience in Resend.',
  resend_send_email: 'Look at the e-mails in Resend.',
  send_slack_message: 'Look in the Slack channel.',
  sync_to_crm: 'Look at the record in HubSpot.',
};

export const actions = {
  one: 'Action',
  status: 'Status',
  any: 'any',
  none: 'No action matches.',
  noneUnknown: 'Nothing is unknown: of every action that has ended, it is certain whether it happened.',
  unknown: 'outcome unknown',
  confirmedDone: 'it happened',
  confirmedNotDone: 'it did not happen',
  unknownHelp:
    'These may have happened: the response was lost after the work had started. Check at the provider, then propose it again only if it did not happen. Nothing here runs again by itself.',
  outcome: 'Did it happen?',
  outcomeHelp: 'The work had started, and the response was lost. Nothing runs again by itself.',
  begun: (time: string): string => `The effect started at ${time}.`,
  begunUnknown: 'An attempt had started.',
  farSide: (message: string): string => `What is known: ${message}`,
  whereToLook: (type: string): string => own(WHERE_TO_LOOK, type) ?? 'Look at the provider whether it happened.',
  howKnown: 'How you know (optional)',
  happened: 'It happened',
  notHappened: 'It did not: propose again',
  confirmed: 'Recorded what you found.',
  successor: 'Proposed again',
  predecessor: 'The earlier action',
  decidedBy: (name: string): string => `decided by ${name}`,
  more: 'Load more',
  history: 'What happened',
  result: 'Result',
  waits: 'It waits for a person.',
  decide: 'Decide on it',
  copyCurl: 'Copy as curl',
  copied: 'Copied the command.',
  saw: (digest: string): string => `What they saw (${digest}…)`,
  sawEarlier: 'An earlier card. Only its digest is kept: the proposal has changed since.',
  event: (event: string, by: string | null): string => {
    const what = EVENT_WORDS[event] ?? event;
    return by === null ? what : `${what} by ${by}`;
  },
} as const;
