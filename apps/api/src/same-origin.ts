import { AppError } from '@proviso/core';
import type { Request, RequestHandler } from 'express';

/**
 * Refuses cross-site requests that use the cookie or sign somebody in. A browser reports the origin of a request in
 * Sec-Fetch-Site or Origin; a client that sends neither is not a browser.
 */
export const requireSameOrigin: RequestHandler = (req, _res, next) => {
  refuseOtherSites(req);
  next();
};

/** The same for one request. Throws FORBIDDEN. */
export function refuseOtherSites(req: Request): void {
  const site = req.get('sec-fetch-site');
  if (isSafe(req) || isOwnPage(req) || site === 'none') return;
  if (site !== undefined || req.get('origin') !== undefined) throw fromElsewhere();
}

/** For a request with a session cookie: refuses it also when it does not say where it comes from. Throws FORBIDDEN. */
export function assertSameOrigin(req: Request): void {
  if (!isSafe(req) && !isOwnPage(req)) throw fromElsewhere();
}

const isSafe = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

/** Older browsers send no Sec-Fetch-Site, but they send an Origin with each write. */
function isOwnPage(req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.get('origin');
  return origin !== undefined && hostOf(origin) === req.get('host')?.toLowerCase();
}

/** The host in an Origin header; undefined = none. */
export const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

const fromElsewhere = (): AppError =>
  new AppError('FORBIDDEN', 'This request comes from another site. Open the page at its own address.');
