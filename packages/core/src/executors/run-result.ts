import type { ActionChange } from '../action/row.ts';
import type { Failure, StatusReason } from '@proviso/contracts';
import type { Outcome, Reconciliation } from './executor.ts';

/** How a run ended: the executor's outcome, or why it did not run. */
export type RunResult =
  | Outcome
  /** The effect may have begun in an earlier attempt, and the provider was asked. */
  | { kind: 'reconciled'; reconciliation: Reconciliation; message: string }
  /** No outcome in time, and certainly nothing begun. */
  | { kind: 'timeout'; message: string }
  | { kind: 'failed'; code: Failure; message: string }
  /** What was approved no longer holds: the action returns to a person. */
  | { kind: 'stale'; reason: StatusReason; changes: string[]; change?: ActionChange }
  /** `exact`: the time was reserved, however near it is. */
  | { kind: 'later'; message: string; afterMs: number; exact?: true };
