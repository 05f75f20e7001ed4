import { randomBytes } from 'node:crypto';

/** Contains a space, which no bearer token can: a session works only as a cookie, and a key never does. */
const PREFIX = 'session ';

/** A fresh token for a cookie; the database stores the hash of its credential. */
export const newSessionToken = (): string => randomBytes(32).toString('base64url');

/** The credential under which `authenticate` looks a session up. */
export const sessionCredential = (token: string): string => `${PREFIX}${token}`;

export const isSessionToken = (credential: string): boolean => credential.startsWith(PREFIX);
