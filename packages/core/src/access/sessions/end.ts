import type { Queryable, Statement } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';
import { sessionCredential } from './token.ts';

const END: Statement = { name: 'session_end', text: 'delete from sessions where token_hash = $1' };

/** Signs out in every process, also for a copied cookie. */
export async function endSession(db: Queryable, token: string): Promise<void> {
  await db.query(END, [hashToken(sessionCredential(token))]);
}
