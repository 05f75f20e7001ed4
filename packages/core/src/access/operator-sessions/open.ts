import { randomBytes } from 'node:crypto';
import type { Database } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';
import { ENDED, OPERATOR_KEYS, SESSION_MS } from './operator.ts';
import { statement } from '../../platform/statement.ts';

const SESSIONS_OF_KEY_MAX = 10;

/** `formerHash` is of the session that the browser held. */
const OPEN = statement<{ keyHash: string; idHash: string; formerHash: string }>(
  'operator_session_open',
  `
    with operator as (
      select distinct k.id from ${OPERATOR_KEYS} where k.token_hash = :keyHash
    ), swept as (
      delete from operator_sessions s using operator
      where ${ENDED} or s.id_hash = :formerHash or s.id_hash in (
        select older.id_hash from operator_sessions older where older.key_id = operator.id
        order by older.created_at desc offset ${SESSIONS_OF_KEY_MAX - 1})
    )
    insert into operator_sessions (id_hash, key_id, seen_at, created_at, expires_at)
    select :idHash, id, statement_timestamp(), statement_timestamp(),
      statement_timestamp() + interval '${SESSION_MS} milliseconds'
    from operator
    returning key_id`,
);

/**
 * Signs an operator in with a fresh session id. Never reuses the id that the browser sent: that session ends. Undefined
 * = not an operator's key. Held by apps/api/test/board.test.ts.
 */
export async function openOperatorSession(db: Database, key: string, former = ''): Promise<string | undefined> {
  const id = randomBytes(32).toString('base64url');
  const opened = await db.query(OPEN, {
    keyHash: hashToken(key),
    idHash: hashToken(id),
    formerHash: hashToken(former),
  });
  return opened.length > 0 ? id : undefined;
}
