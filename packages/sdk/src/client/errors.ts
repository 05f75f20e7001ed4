import type { ErrorCode, ErrorDetail } from '@proviso/contracts';

/**
 * `code` is the service's, in the dialect of the request, or one of the SDK's own:
 * - NETWORK: no reply came, after all attempts. The request may have arrived; its key makes repeating it safe.
 * - TIMED_OUT: the call took too long.
 * - WAIT_OVER: the action had not ended; `action` is its current state.
 * - ABORTED: a gated call was aborted, and its proposal could not be withdrawn; `actionId` names it if it is known.
 * - NO_WORKSPACE: a gated write that names no workspace. Nothing was sent.
 * - UNEXPECTED_REPLY: the reply does not follow this protocol; it may come from a proxy.
 */
export type ProvisoCode =
  | ErrorCode
  | 'validation'
  | 'UNAUTHORIZED'
  | 'INVARIANT_VIOLATION'
  | 'NETWORK'
  | 'TIMED_OUT'
  | 'WAIT_OVER'
  | 'ABORTED'
  | 'NO_WORKSPACE'
  | 'UNEXPECTED_REPLY';

export interface ProvisoFault {
  code: ProvisoCode;
  /** The HTTP status; undefined without a reply. */
  status?: number | undefined;
  requestId?: string | undefined;
  details?: ErrorDetail[] | undefined;
  /** With a 409: the current action, in the dialect of the request. */
  action?: Record<string, unknown> | undefined;
  /** With ABORTED: the action that stays proposed. */
  actionId?: string | undefined;
  cause?: unknown;
}

export class ProvisoError extends Error {
  override readonly name = 'ProvisoError';
  readonly code: ProvisoCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly details: ErrorDetail[];
  readonly action: Record<string, unknown> | undefined;
  readonly actionId: string | undefined;

  constructor(message: string, { code, status, requestId, details = [], action, actionId, cause }: ProvisoFault) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.details = details;
    this.action = action;
    this.actionId = actionId;
  }
}

/** The error in either dialect, or in any other reply. */
export async function errorOf(response: Response): Promise<ProvisoError> {
  const body = await response.json().then(asObject, () => asObject(undefined));
  const reported = typeof body.error === 'string' ? { ...body, message: body.error } : asObject(body.error);
  const { code, message, details } = reported as { code?: unknown; message?: unknown; details?: unknown };
  const known = typeof code === 'string' && typeof message === 'string';
  const action = asObject(body.action ?? reported.action);
  return new ProvisoError(known ? message : `The service answered ${response.status}.`, {
    code: known ? (code as ProvisoCode) : 'UNEXPECTED_REPLY',
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    details: Array.isArray(details) ? (details as ErrorDetail[]) : [],
    ...(Object.keys(action).length > 0 && { action }),
  });
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
