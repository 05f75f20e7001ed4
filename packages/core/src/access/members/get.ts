import type { Context } from '../context.ts';
import type { Transaction } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import type { members, users } from '../../generated/client.ts';
import { parseId } from '../../platform/ids.ts';
import { WITH_USER } from './present.ts';

/** The member with that user id in the caller's workspace. Throws NOT_FOUND. */
export async function getMemberInWorkspace(
  { caller }: Context,
  { tables }: Pick<Transaction, 'tables'>,
  id: string,
): Promise<members & { user: users }> {
  const uuid = parseId('user', id);
  const where = { workspace_id: caller.workspaceId, user_id: uuid ?? '' };
  const member = uuid ? await tables.members.findFirst({ where, include: WITH_USER }) : null;
  if (!member) throw notFound('member');
  return member;
}
