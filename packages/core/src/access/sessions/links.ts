import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { hashToken } from '../api-keys/token.ts';
import { statement } from '../../platform/statement.ts';

const VALID_MINUTES = 15;

/** Ends an earlier link of the person. */
const MAKE = statement<{ id: string; user: string; tokenHash: string }>(
  'sign_in_link_make',
  `
    with former as (delete from sign_in_links where user_id = :user::uuid)
    insert into sign_in_links (id, user_id, token_hash, created_at, expires_at)
    values (:id::uuid, :user::uuid, :tokenHash, statement_timestamp(), statement_timestamp() + interval '${VALID_MINUTES} minutes')`,
);

/** Of two who use it at the same time, the second finds it used. */
const USE = statement<{ tokenHash: string }, { user_id: string }>(
  'sign_in_link_use',
  `
    update sign_in_links set used_at = clock_timestamp()
    where token_hash = :tokenHash and used_at is null and expires_at > clock_timestamp() returning user_id`,
);

/** Creates a token that signs the person in once, within 15 minutes. It is shown once and stored as a hash. */
export async function createSignInLink(db: Queryable, userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.query(MAKE, { id: newId(), user: userId, tokenHash: hashToken(token) });
  return token;
}

/**
 * Uses the link up and returns whom it signs in. Throws UNAUTHENTICATED with one message for unknown, used and expired
 * links.
 */
export async function useSignInLink(db: Queryable, token: string): Promise<string> {
  const [used] = await db.query(USE, { tokenHash: hashToken(token) });
  if (used) return used.user_id;
  throw new AppError(
    'UNAUTHENTICATED',
    'The link has already been used, or is older than 15 minutes. Ask the operator for a new one.',
  );
}
