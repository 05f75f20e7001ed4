// The cookie of a person's session holds a random token; the database stores its hash. Held by sessions.test.ts.
import { SESSION_MAX_AGE_MS } from '@proviso/core';
import type { Request, Response } from 'express';
import { isTls } from '../admin/session-cookie.ts';

/** A browser accepts a cookie with this prefix only with Secure, for this host alone, and never from a subdomain. */
const SECURE_NAME = '__Host-proviso_session';
/** Loopback has no TLS. */
const LOOPBACK_NAME = 'proviso_session';

const OPTIONS = { httpOnly: true, sameSite: 'lax', path: '/' } as const;

/** The token in the request's cookie; empty without one. */
export function sessionTokenOf(req: Request): string {
  const pairs = (req.headers.cookie ?? '').split(/;\s*/);
  const valueOf = (name: string): string | undefined =>
    pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const value = valueOf(SECURE_NAME) ?? (isSecure(req) ? undefined : valueOf(LOOPBACK_NAME)) ?? '';
  return /^[\w-]{43}$/.test(value) ? value : '';
}

export function setSessionCookie(req: Request, res: Response, token: string): void {
  const secure = isSecure(req);
  res.cookie(secure ? SECURE_NAME : LOOPBACK_NAME, token, { ...OPTIONS, maxAge: SESSION_MAX_AGE_MS, secure });
}

export function clearSessionCookie(req: Request, res: Response): void {
  const secure = isSecure(req);
  res.clearCookie(secure ? SECURE_NAME : LOOPBACK_NAME, { ...OPTIONS, secure });
}

/** True everywhere but on loopback. A false claim only costs the claimant the cookie. */
const isSecure = (req: Request): boolean => isTls(req) || !isLoopback(req.get('host') ?? '');

const isLoopback = (host: string): boolean =>
  /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);

/** What the list of sessions shows of the browser that signed in. */
export const browserOf = (req: Request) => ({
  ipAddress: req.ip ?? null,
  userAgent: req.get('user-agent') ?? null,
});
