import type { Database } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';
import { statement } from '../../platform/statement.ts';

const END = statement<{ idHash: string }>(
  'operator_session_end',
  'delete from operator_sessions where id_hash = :idHash',
);

/** Signs out in every process, also for a copied id. */
export async function endOperatorSession(db: Database, id: string): Promise<void> {
  await db.query(END, { idHash: hashToken(id) });
}
