import { noBody, type Session } from '@proviso/contracts';
import type { Context } from '../context.ts';
import { notFound } from '../../platform/errors.ts';
import type { sessions } from '../../generated/client.ts';
import { parseId } from '../../platform/ids.ts';
import { authorizeAccount } from './account.ts';
import { presentSession } from './list.ts';
import { statement } from '../../platform/statement.ts';

const REVOKE = statement<{ id: string; user: string }, sessions>(
  'session_revoke',
  'delete from sessions where id = :id::uuid and user_id = :user::uuid returning *',
);

/** Signs the caller out of one browser; every process refuses its next request. */
export async function revokeSession(ctx: Context, id: string, input: unknown): Promise<Session> {
  const person = authorizeAccount(ctx);
  noBody.parse(input);
  const uuid = parseId('session', id);
  const [ended] = uuid ? await ctx.db.query(REVOKE, { id: uuid, user: person.id }) : [];
  if (!ended) throw notFound('session');
  return presentSession(ctx, ended);
}
