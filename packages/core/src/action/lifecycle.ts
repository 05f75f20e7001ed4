// The lifecycle: which event leads from which status to which. transition.ts applies it; nothing else changes a status.
// Held by lifecycle.test.ts, which walks every status × event.
import type { EventName, Status } from '@proviso/contracts';

export type Move = Exclude<EventName, 'action.created'>;

/** Back to the cleared status before `running`, which this column holds. */
export const PREVIOUS_STATUS = 'status_before_run';
type Target = Status | typeof PREVIOUS_STATUS;

/** A comment moves nothing, whatever the status. */
const commented = <Same extends Status>(status: Same) => ({ 'action.commented': status }) as const;

const runnable = (status: Status) =>
  ({
    'action.updated': status,
    'action.released': status,
    'action.returned_to_review': 'pending_approval',
    'action.recalled': 'pending_approval',
    'action.cancelled': 'cancelled',
    'action.expired': 'cancelled',
    'action.claimed': 'running',
    ...commented(status),
  }) as const;

export const LIFECYCLE: Record<Status, Partial<Record<Move, Target>>> = {
  pending_approval: {
    'action.updated': 'pending_approval',
    'action.approved': 'approved',
    'action.rejected': 'rejected',
    'action.cancelled': 'cancelled',
    'action.expired': 'cancelled',
    'action.assigned': 'pending_approval',
    ...commented('pending_approval'),
  },
  scheduled: runnable('scheduled'),
  approved: runnable('approved'),
  auto_approved: runnable('auto_approved'),
  running: {
    'action.completed': 'completed',
    'action.failed': 'failed',
    'action.retried': PREVIOUS_STATUS,
    'action.requeued': PREVIOUS_STATUS,
    'action.returned_to_review': 'pending_approval',
    ...commented('running'),
  },
  completed: commented('completed'),
  // Still failed, with what a person found as its reason.
  failed: { 'action.outcome_confirmed': 'failed', ...commented('failed') },
  rejected: commented('rejected'),
  cancelled: commented('cancelled'),
};
