import type { Database, Statement } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';

const END: Statement = {
  name: 'operator_session_end',
  text: 'delete from operator_sessions where id_hash = $1',
};

/** Signs out in every process, also for a copied id. */
export async function endOperatorSession(db: Database, id: string): Promise<void> {
  await db.query(END, [hashToken(id)]);
}
