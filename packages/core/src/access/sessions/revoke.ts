import { noBody, type Session } from '@proviso/contracts';
import type { Context } from '../context.ts';
import type { Statement } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import type { sessions } from '../../generated/client.ts';
import { parseId } from '../../platform/ids.ts';
import { authorizeAccount } from './account.ts';
import { presentSession } from './list.ts';

const REVOKE: Statement = {
  name: 'session_revoke',
  text: 'delete from sessions where id = $1::uuid and user_id = $2::uuid returning *',
};

/** Signs the caller out of one browser; every process refuses its next request. */
export async function revokeSession(ctx: Context, id: string, input: unknown): Promise<Session> {
  const person = authorizeAccount(ctx);
  noBody.parse(input);
  const uuid = parseId('session', id);
  const [ended] = uuid ? await ctx.db.query<sessions>(REVOKE, [uuid, person.id]) : [];
  if (!ended) throw notFound('session');
  return presentSession(ctx, ended);
}
