import { sessionCredential } from '@proviso/core';
import type { Request } from 'express';
import { assertSameOrigin } from './same-origin.ts';
import { sessionTokenOf } from './sign-in/session-cookie.ts';

/** The token of the Authorization header; without one, the session of the cookie. */
export function tokenOf(req: Request): string | undefined {
  const { authorization } = req.headers;
  if (authorization !== undefined) return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const session = sessionTokenOf(req);
  return session ? sessionCredential(session) : undefined;
}

/** Accepts a session cookie with a write only from our own pages. Throws FORBIDDEN. */
export function assertOwnPage(req: Request): void {
  if (req.headers.authorization === undefined && sessionTokenOf(req)) assertSameOrigin(req);
}
