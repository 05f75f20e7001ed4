import { randomBytes } from 'node:crypto';

/** With a blank in it, which no Authorization header can carry: a session counts as a cookie only, and a key never as one. */
const PREFIX = 'session ';

/** A fresh token for a cookie; it is kept as the hash of its credential. */
export const newSessionToken = (): string => randomBytes(32).toString('base64url');

/** What `authenticate` takes for the token of a session's cookie. */
export const sessionCredential = (token: string): string => `${PREFIX}${token}`;

export const isSessionToken = (credential: string): boolean => credential.startsWith(PREFIX);
