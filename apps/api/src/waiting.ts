import { isTerminal } from '@proviso/contracts';
import { getActionInWorkspace, type ActionRow, type Context, type Waiters } from '@proviso/core';
import type { Request, Response } from 'express';

const WAIT_S_MAX = 60;

export interface Waiting {
  ctx: Context;
  req: Request;
  res: Response;
  waiters: Waiters;
  /** Aborts when the caller hangs up or the process is told to stop. */
  gone: AbortSignal;
}

/**
 * The action once it has ended, or as it stands when the time of `Prefer: wait=N` is over; without that header as given.
 * A caller that hangs up waits no longer.
 */
export async function settled({ ctx, req, res, waiters, gone }: Waiting, action: ActionRow): Promise<ActionRow> {
  const seconds = preferredWait(req);
  if (seconds === undefined) return action;
  res.set('Preference-Applied', 'wait');
  if (isTerminal(action.status)) return action;
  await waiters.ended(action.id, seconds * 1000, gone);
  return getActionInWorkspace(ctx, action.id);
}

/** Seconds; a preference that cannot be read is none (RFC 7240). */
function preferredWait({ headers }: Request): number | undefined {
  const prefer = [headers.prefer ?? []].flat().join(',');
  const wait = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)/i.exec(prefer)?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), WAIT_S_MAX);
}
