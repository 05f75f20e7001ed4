import { z } from 'zod';
import { utcTimestamp } from './time.ts';

/** Every code, with its HTTP status on /v1. */
export const ERROR_STATUS = {
  INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  INVALID_STATE: 409,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  INVARIANT_VIOLATION: 500,
  UNAVAILABLE: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;
const errorCode = z
  .enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])
  .meta({ id: 'ErrorCode', description: 'The error codes, for programs.' });

export const errorDetail = z.object({
  path: z.string().describe('The location: a field of the body, a parameter, or empty for the whole request.'),
  message: z.string().describe('What is wrong there.'),
});
export type ErrorDetail = z.output<typeof errorDetail>;

/** The body of every /v1 error. A 409 includes `action`, the current action. */
export const errorBody = z
  .object({
    status: z.literal('error').describe('Always `error`.'),
    error: z.string().describe('What is wrong, and what to do, for people.'),
    code: errorCode.describe('The same for programs.'),
    details: z.array(errorDetail).describe('Each error and its location; empty if there is nothing to add.'),
    request_id: z.string().describe('The id of the request in the service’s log.'),
    timestamp: utcTimestamp.describe('When the error occurred.'),
    action: z.record(z.string(), z.unknown()).optional().describe('With a 409: the current action.'),
  })
  .meta({ id: 'Error', description: 'Why a request failed.' });
export type ErrorBody = z.output<typeof errorBody>;
