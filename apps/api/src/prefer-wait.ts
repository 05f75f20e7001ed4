import { isTerminal } from '@proviso/contracts';
import type { ActionRow, Context, Waiters } from '@proviso/core';
import type { Request, Response } from 'express';

const WAIT_S_MAX = 60;

export interface WaitingCall {
  ctx: Context;
  req: Request;
  res: Response;
  /** Aborts when the caller hangs up or the process is told to stop. */
  gone: AbortSignal;
}

/**
 * Resolves with the action when it has ended, or with its current state when the time of `Prefer: wait=N` is over.
 * Returns it unchanged without that header, or when too many requests of the workspace wait. Hanging up ends the wait.
 */
export async function waitForEnd(waiters: Waiters, call: WaitingCall, action: ActionRow): Promise<ActionRow> {
  const { ctx, req, res } = call;
  const seconds = preferredWaitSeconds(req);
  if (seconds === undefined) return action;
  const now = isTerminal(action.status)
    ? action
    : await waiters.untilEnded({ id: action.id, caller: ctx.caller }, seconds * 1000, call.gone);
  if (!now) return action;
  res.set('Preference-Applied', 'wait');
  return now;
}

/** In seconds; an invalid preference is ignored (RFC 7240). */
export function preferredWaitSeconds({ headers }: Pick<Request, 'headers'>): number | undefined {
  const prefer = [headers.prefer ?? []].flat().join(',');
  const wait = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)/i.exec(prefer)?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), WAIT_S_MAX);
}
