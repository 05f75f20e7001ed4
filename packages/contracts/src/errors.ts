import { z } from 'zod';

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

export const errorDetail = z.object({ path: z.string(), message: z.string() });
export type ErrorDetail = z.output<typeof errorDetail>;

/** The body of every /v1 error. `action` stands beside a 409: the action as it is now. */
export const errorBody = z
  .object({
    status: z.literal('error'),
    error: z.string(),
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
    details: z.array(errorDetail),
    request_id: z.string(),
    timestamp: z.string(),
    action: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.output<typeof errorBody>;
