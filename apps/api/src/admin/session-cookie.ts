// The cookie holds a random id. Everything else is in the session's row, so a session ends in every process at once.
import { SESSION_MS } from '@proviso/core';
import type { Request, Response } from 'express';
import { hostOf } from '../same-origin.ts';

const NAME = 'proviso_operator';
const OPTIONS = { httpOnly: true, sameSite: 'strict', path: '/admin' } as const;

/** The id in the request's cookie; empty without one. */
export function sessionIdOf({ headers }: Request): string {
  const pairs = (headers.cookie ?? '').split(/;\s*/);
  const value = pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1) ?? '';
  return /^[\w-]{43}$/.test(value) ? value : '';
}

export function setSessionCookie(req: Request, res: Response, id: string): void {
  res.cookie(NAME, id, { ...OPTIONS, maxAge: SESSION_MS, secure: isTls(req) });
}

export function clearSessionCookie(res: Response): void {
  res.clearCookie(NAME, OPTIONS);
}

/**
 * TLS ends before this process; the browser or the proxy reports it. A false claim only costs the claimant the cookie.
 */
export function isTls(req: Request): boolean {
  return req.secure || /^https\b/.test(req.get('x-forwarded-proto') ?? '') || isOwnTls(req, req.get('origin') ?? '');
}

const isOwnTls = (req: Request, origin: string): boolean =>
  origin.startsWith('https:') && hostOf(origin) === req.get('host')?.toLowerCase();
