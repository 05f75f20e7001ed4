import { isTerminal } from '@proviso/contracts';
import type { ActionRow, Context, Waiters } from '@proviso/core';
import type { Request, Response } from 'express';

const WAIT_S_MAX = 60;

export interface WaitingCall {
  ctx: Context;
  req: Request;
  res: Response;
  waiters: Waiters;
  /** Aborts when the caller hangs up or the process is told to stop. */
  gone: AbortSignal;
}

/**
 * The action once it has ended, or as it stands when the time of `Prefer: wait=N` is over; as given without that header,
 * or when too many of the workspace wait. A caller that hangs up waits no longer.
 */
export async function settled({ ctx, req, res, waiters, gone }: WaitingCall, action: ActionRow): Promise<ActionRow> {
  const seconds = preferredWait(req);
  if (seconds === undefined) return action;
  const now = isTerminal(action.status)
    ? action
    : await waiters.ended({ id: action.id, caller: ctx.caller }, seconds * 1000, gone);
  if (!now) return action;
  res.set('Preference-Applied', 'wait');
  return now;
}

/** Seconds; a preference that cannot be read is none (RFC 7240). */
export function preferredWait({ headers }: Pick<Request, 'headers'>): number | undefined {
  const prefer = [headers.prefer ?? []].flat().join(',');
  const wait = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)/i.exec(prefer)?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), WAIT_S_MAX);
}
