import { issueText } from './issue-text.ts';
import type { ErrorCode, ErrorDetail } from '@proviso/contracts';
import type { z } from 'zod';

/**
 * The only error that verbs throw on purpose: a code of a closed set, one sentence for people, and the location in the
 * input.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetail[];

  constructor(code: ErrorCode, message: string, details: ErrorDetail[] = []) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** INVALID at one location in the input. */
export const invalid = (path: string, message: string): AppError =>
  new AppError('INVALID', `${path}: ${message}.`, [{ path, message }]);

export const notFound = (what: string): AppError => new AppError('NOT_FOUND', `There is no such ${what}.`);

/** Turns zod's issues into one INVALID that names every field. */
export const invalidInput = (error: z.ZodError): AppError => refusalOf('INVALID', detailsOf(error));

/** How many details a reply lists: enough to fix the request, and no longer than the request. */
const DETAILS_MAX = 20;
const PATH_CHARS_MAX = 200;
const MESSAGE_CHARS_MAX = 500;

/** An error that lists each location, up to a limit, and says how many more there are. */
export function refusalOf(code: ErrorCode, found: readonly ErrorDetail[]): AppError {
  const details = found.slice(0, DETAILS_MAX).map(({ path, message }) => ({
    path: shortened(path, PATH_CHARS_MAX),
    message: shortened(message, MESSAGE_CHARS_MAX),
  }));
  const more = found.length - details.length;
  const says = details.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  if (more > 0) says.push(`and ${more} more`);
  return new AppError(code, says.join('; '), details);
}

const shortened = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;

/** Zod's issues by their location in the input. */
export const detailsOf = ({ issues }: Pick<z.ZodError, 'issues'>): ErrorDetail[] =>
  issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issueText(issue) }];
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a known field' }));
  });
