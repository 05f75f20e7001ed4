import type { KeyKind } from '@proviso/contracts';
import type { Caller } from '../context.ts';
import type { Database } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import { isSessionToken } from '../sessions/token.ts';
import { ACTIVE_KEY, unauthenticated } from './authenticate.ts';
import { hashToken } from './token.ts';
import { statement } from '../../platform/statement.ts';

interface Found {
  key_id: string;
  kind: KeyKind | 'session';
  id: string;
  email: string;
  name: string;
}

const FIND_PERSON = statement<{ tokenHash: string }, Found>(
  'token_find_person',
  `
    select k.id as key_id, k.kind, p.id, p.email, p.name from api_keys k left join users p on p.id = k.person_id
    where k.token_hash = :tokenHash and ${ACTIVE_KEY}`,
);

const FIND_PERSON_OF_SESSION = statement<{ tokenHash: string }, Found>(
  'session_find_person',
  `
    select s.id as key_id, 'session' as kind, p.id, p.email, p.name from sessions s join users p on p.id = s.user_id
    where s.token_hash = :tokenHash and s.expires_at > statement_timestamp()`,
);

export interface AuthenticatedPerson {
  tokenId: string;
  person: NonNullable<Caller['person']>;
}

/**
 * Identifies the person behind a personal credential or session, even when they no longer belong to any workspace.
 * Throws UNAUTHENTICATED, and FORBIDDEN for a workspace key, which has no person.
 */
export async function authenticatePerson(db: Database, token: string | undefined): Promise<AuthenticatedPerson> {
  const find = token && isSessionToken(token) ? FIND_PERSON_OF_SESSION : FIND_PERSON;
  const [row] = token ? await db.query(find, { tokenHash: hashToken(token) }) : [];
  if (!row) throw unauthenticated();
  if (row.kind !== 'personal' && row.kind !== 'session')
    throw new AppError('FORBIDDEN', 'Send a personal credential, or no credential at all.');
  return { tokenId: row.key_id, person: { id: row.id, email: row.email, name: row.name } };
}
