import type { Queryable } from '../../platform/db.ts';
import { hashToken } from '../api-keys/token.ts';
import { sessionCredential } from './token.ts';
import { statement } from '../../platform/statement.ts';

const END = statement<{ tokenHash: string }>('session_end', 'delete from sessions where token_hash = :tokenHash');

/** Signs out in every process, also for a copied cookie. */
export async function endSession(db: Queryable, token: string): Promise<void> {
  await db.query(END, { tokenHash: hashToken(sessionCredential(token)) });
}
