import {
  ERROR_STATUS,
  PENDING_ERRORS,
  type ErrorBody,
  type ErrorCode,
  type PendingErrorBody,
} from '@proviso/contracts';
import { ActionError, AppError, invalidInput, sqlState, type Registry, type Services } from '@proviso/core';
import type { ErrorRequestHandler, Request } from 'express';
import { z } from 'zod';
import { dialectAt, type Dialect } from './dialect.ts';
import type { RefusalLog } from './refusal-log.ts';
import { presentAction } from './present-action.ts';

const RETRY_AFTER_S = 1;
const REFUSAL_LOG_PERIOD_MS = 5_000;

/**
 * Turns every error into the error body of the request's dialect. Logs each internal error once. Held by
 * tests/stories/overload.test.ts.
 */
export function errorHandler({ executors, log }: Services, refusals: RefusalLog): ErrorRequestHandler {
  const tellRefusal = limitRefusalLog(log);
  return (thrown: unknown, req, res, _next) => {
    const error = asAppError(thrown);
    const dialect = dialectAt(req.path);
    const status = statusOf(dialect, error.code);
    if (status === 500)
      log.error({ err: thrown, request_id: req.id, method: req.method, url: req.path }, 'a request failed');
    if (error.code === 'UNAVAILABLE') {
      res.set('Retry-After', String(RETRY_AFTER_S));
      tellRefusal(error.message);
    }
    if (error.code === 'RATE_LIMITED' && !res.hasHeader('Retry-After')) res.set('Retry-After', String(RETRY_AFTER_S));
    if (error.code === 'UNAUTHENTICATED') {
      res.set('WWW-Authenticate', 'Bearer');
      if (!isSignIn(req)) refusals.tell(req, 'requests without a valid key are refused');
    }
    if (isSignIn(req) && (error.code === 'UNAUTHENTICATED' || error.code === 'RATE_LIMITED'))
      refusals.tell(req, 'a sign-in was refused');
    if (res.headersSent) return void res.destroy();
    res.status(status).json(bodyOf(dialect, error, { executors, requestId: requestId(req), now: new Date() }));
  };
}

const isSignIn = ({ path }: Request): boolean => path.startsWith('/api/auth/sign-in') || path === '/v1/sessions/link';

/** Logs one line per period, not per request: a log that is read too slowly would block everything else. */
function limitRefusalLog(log: Services['log']): (reason: string) => void {
  let refused = 0;
  let toldAt = -Infinity;
  return (reason) => {
    refused += 1;
    if (performance.now() - toldAt < REFUSAL_LOG_PERIOD_MS) return;
    log.warn({ reason, refused }, 'requests are refused');
    toldAt = performance.now();
    refused = 0;
  };
}

export const statusOf = (dialect: Dialect, code: ErrorCode): number =>
  dialect === 'v1' ? ERROR_STATUS[code] : PENDING_ERRORS[code][0];

interface Failing {
  executors: Registry;
  requestId: string;
  now: Date;
}

/** The error body, one form per dialect. */
export function bodyOf(dialect: Dialect, error: AppError, failing: Failing): ErrorBody | PendingErrorBody {
  switch (dialect) {
    case 'v1':
      return {
        status: 'error',
        error: error.message,
        code: error.code,
        details: error.details,
        request_id: failing.requestId,
        timestamp: failing.now.toISOString(),
        ...(error instanceof ActionError && { action: { ...presentAction(failing.executors, error.action) } }),
      };
    case 'pending-actions': {
      const details = error.details.map(({ path, message }) => ({ path: indexed(path), message }));
      const says = details.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
      const message = error.code === 'INVALID' && details.length > 0 ? says : error.message;
      return {
        error: { code: PENDING_ERRORS[error.code][1], message, ...(details.length > 0 && { details }) },
      };
    }
  }
}

/** Turns items.0.userEdits into items[0].userEdits. */
const indexed = (path: string): string => path.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');

/** The request id from pino-http: the caller's X-Request-Id, or a new one. */
export const requestId = ({ id }: Pick<Request, 'id'>): string => (typeof id === 'string' ? id : '');

/** Maps any error to an AppError: from zod, the body reader or the database. Everything else is INTERNAL. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof z.ZodError) return invalidInput(thrown);
  const { type, status } = (thrown ?? {}) as { type?: unknown; status?: unknown };
  const reading = typeof type === 'string' && BODY_ERRORS[type];
  if (reading) return new AppError(reading[0], reading[1]);
  if (thrown instanceof URIError || status === 400) return new AppError('INVALID', 'The request could not be parsed.');
  if (isDatabaseAway(thrown)) return new AppError('UNAVAILABLE', 'The database is not responding. Try again shortly.');
  return new AppError('INTERNAL', 'Internal error. The log has the cause under this request_id.');
}

const BODY_ERRORS: Partial<Record<string, [ErrorCode, string]>> = {
  'entity.too.large': ['PAYLOAD_TOO_LARGE', 'The body is larger than this route accepts.'],
  'encoding.unsupported': ['UNSUPPORTED_MEDIA_TYPE', 'The content encoding of the body is not supported.'],
  'request.size.invalid': ['INVALID', 'The length of the body does not match its Content-Length.'],
  'request.aborted': ['INVALID', 'The request was cut off. Send it again.'],
};

/** Connection lost, refused, shutting down, too many connections, statement or pool time-out. */
function isDatabaseAway(thrown: unknown): boolean {
  if (/^(08|57P|57014|53)/.test(sqlState(thrown) ?? '')) return true;
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|P1001|P1002|P1008|P1017|P2024|P2028)$/.test(String(code)))
    return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|DatabaseNotReachable/.test(
    String(message),
  );
}
