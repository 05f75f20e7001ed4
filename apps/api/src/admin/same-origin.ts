import { AppError } from '@proviso/core';
import type { RequestHandler } from 'express';

/**
 * A page of another site changes nothing with the cookie's rights, and signs nobody in. A browser says where a request
 * comes from in Sec-Fetch-Site, or else in Origin; what says neither is no browser.
 */
export const demandSameOrigin: RequestHandler = (req, _res, next) => {
  const isSafe = req.method === 'GET' || req.method === 'HEAD';
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  const isOurs =
    site === undefined
      ? origin === undefined || hostOf(origin) === req.get('host')?.toLowerCase()
      : site === 'same-origin' || site === 'none';
  if (isSafe || isOurs) return next();
  throw new AppError('FORBIDDEN', 'This request comes from another site. Open the page at its own address.');
};

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);
