import { AppError, type RateLimits, type Services } from '@proviso/core';
import type { Request, Response } from 'express';

/** Counts a request, says in its headers what is left, and throws RATE_LIMITED when nothing is. */
export async function demandAllowance(limits: RateLimits | undefined, caller: string, res: Response): Promise<void> {
  if (!limits) return;
  const { allowed, perMinute, left, resetMs } = await limits.take(caller);
  const seconds = Math.max(1, Math.ceil(resetMs / 1000));
  res.set('RateLimit-Policy', `"caller";q=${perMinute};w=60`);
  res.set('RateLimit', `"caller";r=${left};t=${seconds}`);
  if (allowed) return;
  res.set('Retry-After', String(seconds));
  throw new AppError('RATE_LIMITED', `More than ${perMinute} requests in a minute. Try again in ${seconds} s.`);
}

/** Whoever has no valid token is known by the address that the request came from. */
export const strangerAt = ({ socket }: Request): string => `address:${socket.remoteAddress ?? 'unknown'}`;

/** Requests that may wait for a connection to the database; those beyond would only wait in vain, and take up memory. */
const WAITING_MAX = 100;

/** Refuses more than the database can answer, before anything is read or done. Throws UNAVAILABLE. */
export function demandRoom({ db }: Pick<Services, 'db'>): void {
  if (db.pool.waitingCount > WAITING_MAX)
    throw new AppError('UNAVAILABLE', 'More is asked than can be answered. Try again shortly.');
}
