import { randomBytes } from 'node:crypto';
import type { Queryable, Statement } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { hashToken } from '../api-keys/token.ts';

const VALID_MINUTES = 15;

/** $1 id, $2 person, $3 hash of the token. An earlier link of theirs ends. */
const MAKE: Statement = {
  name: 'sign_in_link_make',
  text: `
    with former as (delete from sign_in_links where user_id = $2::uuid)
    insert into sign_in_links (id, user_id, token_hash, created_at, expires_at)
    values ($1::uuid, $2::uuid, $3, statement_timestamp(), statement_timestamp() + interval '${VALID_MINUTES} minutes')`,
};

/** $1 hash of the token. Two who use it at once: the second finds it used. */
const USE: Statement = {
  name: 'sign_in_link_use',
  text: `
    update sign_in_links set used_at = clock_timestamp()
    where token_hash = $1 and used_at is null and expires_at > clock_timestamp() returning user_id`,
};

/** Creates a token that signs the person in once, within 15 minutes. It is shown once and stored as a hash. */
export async function createSignInLink(db: Queryable, userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.query(MAKE, [newId(), userId, hashToken(token)]);
  return token;
}

/**
 * Uses the link up and returns whom it signs in. Throws UNAUTHENTICATED with one message for unknown, used and expired
 * links.
 */
export async function useSignInLink(db: Queryable, token: string): Promise<string> {
  const [used] = await db.query<{ user_id: string }>(USE, [hashToken(token)]);
  if (used) return used.user_id;
  throw new AppError(
    'UNAUTHENTICATED',
    'The link has already been used, or is older than 15 minutes. Ask the operator for a new one.',
  );
}
