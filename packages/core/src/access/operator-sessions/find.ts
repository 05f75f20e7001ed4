import type { Database } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';
import { ENDED, OPERATOR_KEYS } from './operator.ts';
import { statement } from '../../platform/statement.ts';

/** Records the last use to the minute, because an open board polls far more often. */
const FIND = statement<{ idHash: string }>(
  'operator_session_find',
  `
    with found as (
      select s.id_hash from operator_sessions s join (select distinct k.id from ${OPERATOR_KEYS}) key on key.id = s.key_id
      where s.id_hash = :idHash and not ${ENDED}
    ), noted as (
      update operator_sessions s set seen_at = statement_timestamp() from found
      where s.id_hash = found.id_hash and s.seen_at < statement_timestamp() - interval '1 minute'
    )
    select id_hash from found`,
);

/** Whether the id is that of a session that is in time and whose key still belongs to an operator. */
export async function findOperatorSession(db: Database, id: string): Promise<boolean> {
  return (await db.query(FIND, { idHash: hashToken(id) })).length > 0;
}
