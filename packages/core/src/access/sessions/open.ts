import type { Queryable } from '../../platform/db.ts';
import { newId } from '../../platform/ids.ts';
import { hashToken } from '../api-keys/token.ts';
import { newSessionToken, sessionCredential } from './token.ts';
import { statement } from '../../platform/statement.ts';

const SESSIONS_OF_PERSON_MAX = 50;
const SESSION_DAYS = 7;
export const SESSION_MAX_AGE_MS = SESSION_DAYS * 24 * 3_600_000;

/** The oldest session ends if there would be too many. */
const OPEN = statement<
  { id: string; user: string; tokenHash: string; ipAddress: string | null; userAgent: string | null },
  Omit<OpenedSession, 'token'>
>(
  'session_open',
  `
    with swept as (
      delete from sessions s where s.user_id = :user::uuid and (s.expires_at <= statement_timestamp() or s.id in (
        select older.id from sessions older where older.user_id = :user::uuid
        order by older.created_at desc offset ${SESSIONS_OF_PERSON_MAX - 1}))
    )
    insert into sessions (id, user_id, token_hash, ip_address, user_agent, created_at, expires_at)
    values (:id::uuid, :user::uuid, :tokenHash, :ipAddress, :userAgent, statement_timestamp(), statement_timestamp() + interval '${SESSION_DAYS} days')
    returning id, created_at, expires_at`,
);

export interface OpenedSession {
  id: string;
  /** For the cookie; only its hash is stored. */
  token: string;
  created_at: Date;
  expires_at: Date;
}

export interface Browser {
  ipAddress: string | null;
  userAgent: string | null;
}

/** Signs a person in with a fresh token, never one that the browser sent. The caller has verified the person. */
export async function openSession(db: Queryable, userId: string, browser: Browser): Promise<OpenedSession> {
  const token = newSessionToken();
  const hash = hashToken(sessionCredential(token));
  const userAgent = browser.userAgent?.slice(0, 400) ?? null;
  const [row] = await db.query(OPEN, {
    id: newId(),
    user: userId,
    tokenHash: hash,
    ipAddress: browser.ipAddress,
    userAgent,
  });
  if (!row) throw new Error('the session was not kept');
  return { ...row, token };
}
