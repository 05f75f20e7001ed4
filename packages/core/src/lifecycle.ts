// Which event leads from which status to which: the whole lifecycle. transition.ts applies it, and nothing else moves a
// status. Held by lifecycle.test.ts, which walks every status × event.
import type { EventName, Status } from '@proviso/contracts';

export type Move = Exclude<EventName, 'action.created'>;

/** Back to the cleared status that `running` came from. */
export const BACK = 'cleared_as';
type Target = Status | typeof BACK;

const cleared = (status: Status) =>
  ({
    'action.updated': status,
    'action.released': status,
    'action.regated': 'pending_approval',
    'action.cancelled': 'cancelled',
    'action.expired': 'cancelled',
    'action.claimed': 'running',
  }) as const;

export const LIFECYCLE: Record<Status, Partial<Record<Move, Target>>> = {
  pending_approval: {
    'action.updated': 'pending_approval',
    'action.approved': 'approved',
    'action.rejected': 'rejected',
    'action.cancelled': 'cancelled',
    'action.expired': 'cancelled',
  },
  scheduled: cleared('scheduled'),
  approved: cleared('approved'),
  auto_approved: cleared('auto_approved'),
  running: {
    'action.completed': 'completed',
    'action.failed': 'failed',
    'action.retried': BACK,
    'action.requeued': BACK,
    'action.regated': 'pending_approval',
  },
  completed: {},
  failed: {},
  rejected: {},
  cancelled: {},
};
