import { ProvisoError } from '@proviso/sdk';
import { clean } from './output.ts';

/** Exit codes, for scripts. docs/cli.md lists them, and tests/stories/cli.test.ts holds them. */
const FAILED = 1;
export const USAGE = 2;
const NOT_ALLOWED = 3;
const NOT_FOUND = 4;
const CONFLICT = 5;
const UNAVAILABLE = 6;
const NOT_COMPLETED = 7;
const NOT_ENDED = 8;

/** A fault of this program's own, with its exit code. */
export class CliError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CliError => new CliError(message, USAGE);
export const notAllowed = (message: string): CliError => new CliError(message, NOT_ALLOWED);
export const failed = (message: string): CliError => new CliError(message, FAILED);
export const notCompleted = (message: string): CliError => new CliError(message, NOT_COMPLETED);
export const notEnded = (message: string): CliError => new CliError(message, NOT_ENDED);

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (!(error instanceof ProvisoError)) return FAILED;
  if (error.code === 'NETWORK' || error.code === 'TIMED_OUT' || error.status === 429) return UNAVAILABLE;
  if (error.status === undefined) return FAILED;
  if (error.status >= 500) return UNAVAILABLE;
  if (error.status === 401 || error.status === 403) return NOT_ALLOWED;
  if (error.status === 404) return NOT_FOUND;
  return error.status === 409 || error.status === 412 ? CONFLICT : FAILED;
}

/** One line per detail of a refusal. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const details = error instanceof ProvisoError ? error.details : [];
  return [error.message, ...details.map(({ path, message }) => `  ${path}: ${message}`)].map(clean).join('\n');
}
