import type { ErrorCode, ErrorDetail } from '@proviso/contracts';
import type { z } from 'zod';
import type { ActionRow } from './actions/row.ts';

/** The only error that verbs throw on purpose: a closed code, one sentence for people, and where in the input. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetail[];
  /** Beside a 409: the action as it is now, so that the caller can look again. */
  readonly action: ActionRow | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetail[] = [], action?: ActionRow) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.action = action;
  }
}

/** An INVALID at one place of the input. */
export const invalid = (path: string, message: string): AppError =>
  new AppError('INVALID', `${path}: ${message}.`, [{ path, message }]);

export const notFound = (what: string): AppError => new AppError('NOT_FOUND', `There is no such ${what}.`);

/** What zod found, as one INVALID that names every field. */
export function invalidInput({ issues }: z.ZodError): AppError {
  const details = issues.flatMap(detailsOf);
  const says = details.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new AppError('INVALID', says, details);
}

function detailsOf(issue: z.core.$ZodIssue): ErrorDetail[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a known field' }));
}
