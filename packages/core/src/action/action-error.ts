import type { ErrorCode, ErrorDetail } from '@proviso/contracts';
import { AppError } from '../platform/errors.ts';
import type { ActionRow } from './row.ts';

/** A refusal that carries the current action, so that the caller can decide again without another request. */
export class ActionError extends AppError {
  readonly action: ActionRow;

  constructor(code: ErrorCode, message: string, action: ActionRow, details: ErrorDetail[] = []) {
    super(code, message, details);
    this.action = action;
  }
}
