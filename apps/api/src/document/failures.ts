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
import { asAppError, bodyOf, statusOf } from '../errors.ts';
import type { Route } from '../route.ts';
import { isRepeatable } from './parameters.ts';
import { RECORDED } from './recorded.ts';

/** Why a request failed, as the document describes each code. */
const CODE_MEANINGS: Record<ErrorCode, string> = {
  INVALID: 'The request is invalid; `details` says where.',
  UNAUTHENTICATED: 'The request has no valid token.',
  FORBIDDEN: 'The token is not allowed to do this.',
  NOT_FOUND: 'It does not exist in the workspace.',
  METHOD_NOT_ALLOWED: 'The address does not support the method; `Allow` lists those that it does.',
  INVALID_STATE: 'The current status does not allow it.',
  CONFLICT: 'It has changed since it was read, or it already exists.',
  PRECONDITION_FAILED: 'If-Match names another version.',
  PAYLOAD_TOO_LARGE: 'The body is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is not JSON.',
  IDEMPOTENCY_MISMATCH: 'The Idempotency-Key was used for another request.',
  RATE_LIMITED: 'Too many requests; `Retry-After` says when to retry.',
  INTERNAL: 'An internal error.',
  INVARIANT_VIOLATION: 'An invariant does not hold.',
  UNAVAILABLE: 'The database or a provider is unavailable; `Retry-After` says when to retry.',
};

/** Examples of errors that the recording cannot provoke: simultaneous requests, exceeded limits, internal errors. */
const UNRECORDED: Partial<Record<ErrorCode, AppError>> = {
  CONFLICT: new AppError('CONFLICT', 'A request with this Idempotency-Key has just finished.'),
  RATE_LIMITED: new AppError('RATE_LIMITED', 'More than 600 requests per minute with this token. Try again in 12 s.'),
  INTERNAL: asAppError(new Error('unknown')),
  INVALID_STATE: new AppError('INVALID_STATE', 'The limit is reached. Revoke or remove one first.'),
  INVARIANT_VIOLATION: new AppError('INVARIANT_VIOLATION', 'The batch is in more than one workspace.'),
  UNAVAILABLE: asAppError(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })),
};

/** The refusals of an operation: the recorded ones, and those that every operation has. */
function refusalsOf(route: Route): Map<ErrorCode, AppError> {
  const { operationId, path, fails = [] } = route;
  const dialect = dialectAt(path);
  const { errors = {} } = RECORDED[operationId] ?? {};
  const recorded = CODES.flatMap((code) => {
    const said = errors[codeInDialect(dialect, code)];
    const isOther = dialect === 'pending-actions' && code === 'PRECONDITION_FAILED'; // shown as CONFLICT
    return said && !isOther ? [new AppError(code, said.message, said.details)] : [];
  });
  const always: ErrorCode[] = [
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
    ...(isRepeatable(route) ? (['CONFLICT'] as const) : []),
  ];
  const rare = [...always, ...fails].flatMap((code) => UNRECORDED[code] ?? []);
  return new Map([...rare, ...recorded].map((error) => [error.code, error]));
}

const CODES = Object.keys(CODE_MEANINGS) as ErrorCode[];
const codeInDialect = (dialect: Dialect, code: ErrorCode): string =>
  dialect === 'v1' ? code : PENDING_ERRORS[code][1];

const exampleOf = (dialect: Dialect, error: AppError): ErrorBody | PendingErrorBody =>
  bodyOf(dialect, error, {
    executors: createRegistry({ executors: [] }),
    requestId: '0b8e3f0c-5a54-4f0e-9d5b-0a4f6b1d2c3e',
    now: new Date('2026-01-02T03:04:05.678Z'),
  });

/** One response per status, with one example error per code. */
export function failuresOf(route: Route): Record<`${4 | 5}${string}`, ZodOpenApiResponseObject> {
  const dialect = dialectAt(route.path);
  const schema = { v1: errorBody, 'pending-actions': pendingErrorBody }[dialect];
  const refusals = refusalsOf(route);
  const codes = CODES.filter((code) => refusals.has(code));
  const statuses = [...new Set(codes.map((code) => statusOf(dialect, code)))];
  return Object.fromEntries(
    statuses.map((status) => {
      const codesHere = codes.filter((code) => statusOf(dialect, code) === status);
      const description = codesHere
        .map((code) => `\`${codeInDialect(dialect, code)}\`: ${CODE_MEANINGS[code]}`)
        .join(' ');
      const examples = Object.fromEntries(
        codesHere.flatMap((code) => {
          const error = refusals.get(code);
          return error ? [[codeInDialect(dialect, code), { value: exampleOf(dialect, error) }]] : [];
        }),
      );
      return [`${status}`, { description, content: { 'application/json': { schema, examples } } }];
    }),
  );
}
