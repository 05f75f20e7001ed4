import {
  errorBody,
  PENDING_ERRORS,
  pendingErrorBody,
  type ErrorBody,
  type ErrorCode,
  type PendingErrorBody,
} from '@proviso/contracts';
import { AppError, createRegistry } from '@proviso/core';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { dialectAt, type Dialect } from '../dialect.ts';
import { bodyOf, statusOf } from '../errors.ts';
import type { Route } from '../route.ts';

/** Why a request was not done: what the document says of each code, and an error as it reads. */
const ERRORS: Record<ErrorCode, [means: string, example: string]> = {
  INVALID: ['Something in the request is not right; `details` says where.', 'params.email: is required.'],
  UNAUTHENTICATED: ['There is no valid token.', 'Send a valid API key: Authorization: Bearer pv_…'],
  FORBIDDEN: ['The token may not do this.', 'An agent never decides. Ask a person.'],
  NOT_FOUND: ['There is no such thing in the workspace.', 'There is no such action.'],
  METHOD_NOT_ALLOWED: ['The address takes other methods; `Allow` names them.', 'This address takes GET, POST.'],
  INVALID_STATE: ['The status does not allow it.', 'An action that is completed cannot be cancelled.'],
  CONFLICT: ['It changed since it was seen, or it is there already.', 'There is a contact with this address.'],
  PRECONDITION_FAILED: ['If-Match names another version.', 'The action is at version 3, not 2.'],
  PAYLOAD_TOO_LARGE: ['The body is too large.', 'The body is larger than the 1024 KiB that this route takes.'],
  UNSUPPORTED_MEDIA_TYPE: ['The body is not JSON.', 'Send the body as application/json.'],
  IDEMPOTENCY_MISMATCH: [
    'The Idempotency-Key was used for another request.',
    'This Idempotency-Key was used for another request. Use a new key.',
  ],
  RATE_LIMITED: ['Too many requests; `Retry-After` says when again.', 'More than 600 requests in a minute.'],
  INTERNAL: ['A fault of this service.', 'Something went wrong here. It is logged with this request_id.'],
  INVARIANT_VIOLATION: ['What must hold does not.', 'The batch is in more than one workspace.'],
  UNAVAILABLE: ['The database is away; `Retry-After` says when again.', 'The database does not answer.'],
};

/** Routes of the same kind fail in the same ways. 405 belongs to addresses, not to operations. */
function codesOf({ method, body, conditional, fails = [] }: Route): ErrorCode[] {
  const always: ErrorCode[] = ['INVALID', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'];
  return [
    ...always,
    ...(method === 'get' ? [] : (['INVALID_STATE', 'CONFLICT'] as const)),
    ...(conditional ? (['PRECONDITION_FAILED'] as const) : []),
    ...(body ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(method === 'post' ? (['IDEMPOTENCY_MISMATCH'] as const) : []),
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
    ...fails,
  ];
}

function exampleOf(dialect: Dialect, code: ErrorCode): ErrorBody | PendingErrorBody {
  const details = code === 'INVALID' ? [{ path: 'params.email', message: 'is required' }] : [];
  const error = new AppError(code, ERRORS[code][1], details);
  return bodyOf(dialect, error, {
    executors: createRegistry({ executors: [] }),
    requestId: '0b8e3f0c-5a54-4f0e-9d5b-0a4f6b1d2c3e',
    now: new Date('2026-01-02T03:04:05.678Z'),
  });
}

/** One response a status, whatever its codes, each with an error as it reads. */
export function failuresOf(route: Route): Record<`${4 | 5}${string}`, ZodOpenApiResponseObject> {
  const dialect = dialectAt(route.path);
  const schema = { v1: errorBody, 'pending-actions': pendingErrorBody }[dialect];
  const shown = (code: ErrorCode): string => (dialect === 'v1' ? code : PENDING_ERRORS[code][1]);
  const codes = codesOf(route);
  const statuses = [...new Set(codes.map((code) => statusOf(dialect, code)))];
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => statusOf(dialect, code) === status);
      const description = here.map((code) => `\`${shown(code)}\`: ${ERRORS[code][0]}`).join(' ');
      const examples = Object.fromEntries(here.map((code) => [shown(code), { value: exampleOf(dialect, code) }]));
      return [`${status}`, { description, content: { 'application/json': { schema, examples } } }];
    }),
  );
}
