import type { Database, Statement } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';
import { ENDED, OPERATOR_KEYS } from './operator.ts';

/** $1 hash of the session's id. Noted once a minute: a board that is open asks far more often. */
const FIND: Statement = {
  name: 'operator_session_find',
  text: `
    with found as (
      select s.id_hash from operator_sessions s join (select distinct k.id from ${OPERATOR_KEYS}) key on key.id = s.key_id
      where s.id_hash = $1 and not ${ENDED}
    ), noted as (
      update operator_sessions s set seen_at = statement_timestamp() from found
      where s.id_hash = found.id_hash and s.seen_at < statement_timestamp() - interval '1 minute'
    )
    select id_hash from found`,
};

/** Whether the id is that of a session that is in time and whose key still belongs to an operator. */
export async function findOperatorSession(db: Database, id: string): Promise<boolean> {
  return (await db.query(FIND, [hashToken(id)])).length > 0;
}
