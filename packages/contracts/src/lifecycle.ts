import { z } from 'zod';

/** The nine statuses of an action, in lifecycle order. */
export const STATUSES = [
  'pending_approval',
  'scheduled',
  'approved',
  'auto_approved',
  'running',
  'completed',
  'failed',
  'rejected',
  'cancelled',
] as const;
export type Status = (typeof STATUSES)[number];
export const actionStatus = z.enum(STATUSES).meta({
  id: 'ActionStatus',
  description:
    'The status of an action. `scheduled`, `approved` and `auto_approved` run when they are due; `completed`, `failed`, `rejected` and `cancelled` are terminal.',
});

/** Statuses that may run when due. */
export const CLEARED = ['scheduled', 'approved', 'auto_approved'] as const;
export type ClearedStatus = (typeof CLEARED)[number];

export const TERMINAL = ['completed', 'failed', 'rejected', 'cancelled'] as const;

export const isCleared = (status: Status): status is ClearedStatus => (CLEARED as readonly Status[]).includes(status);
export const isTerminal = (status: Status): boolean => (TERMINAL as readonly Status[]).includes(status);

/** What happened to an action, one per version of its row. */
export const EVENTS = [
  'action.created',
  'action.updated',
  'action.approved',
  'action.rejected',
  'action.cancelled',
  'action.expired',
  'action.returned_to_review',
  'action.recalled',
  'action.assigned',
  'action.commented',
  'action.released',
  'action.claimed',
  'action.retried',
  'action.requeued',
  'action.completed',
  'action.failed',
  'action.outcome_confirmed',
] as const;
export type EventName = (typeof EVENTS)[number];
export const eventName = z.enum(EVENTS).meta({ id: 'EventName', description: 'What happened to an action.' });

/** `error.code` of a failed action. */
export const FAILURES = [
  'provider_refused',
  'invalid_params',
  'identity_unavailable',
  'guard_refused',
  'attempts_exhausted',
  'timed_out',
  'crashed',
  'not_sent',
  'approval_mismatch',
  'outcome_unknown',
] as const;
export type Failure = (typeof FAILURES)[number];
export const failure = z.enum(FAILURES).meta({
  id: 'Failure',
  description: 'Why an action failed. After `outcome_unknown` it may have happened: check, and confirm what you found.',
});

/** `status_reason`: the reason for the status. */
export const STATUS_REASONS = [
  'approval_expired',
  'expired',
  'changed_after_approval',
  'identity_changed',
  'tool_changed',
  'stale',
  'not_looked_up',
  'recalled',
  'restored',
  'handed_to_person',
  'confirmed_done',
  'confirmed_not_done',
  ...FAILURES,
] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];
export const statusReason = z
  .enum(STATUS_REASONS)
  .meta({ id: 'StatusReason', description: 'The reason for an action’s status.' });
