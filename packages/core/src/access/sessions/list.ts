import { pageQuery, type Session } from '@proviso/contracts';
import type { Context } from '../context.ts';
import type { sessions } from '../../generated/client.ts';
import { formatId } from '../../platform/ids.ts';
import { databaseNow } from '../invitations/present.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { authorizeAccount } from './account.ts';

/** Lists where the caller is signed in, newest first. */
export async function listSessions(ctx: Context, input: unknown): Promise<Page<Session>> {
  const { id: user_id } = authorizeAccount(ctx);
  const page = pageQuery.parse(input);
  const where = { user_id, expires_at: { gt: await databaseNow(ctx.db) } };
  const { sessions } = ctx.db.tables;
  return readPage(
    page,
    (window) => sessions.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => sessions.count({ where }),
    (row) => presentSession(ctx, row),
  );
}

export const presentSession = ({ caller }: Context, row: sessions): Session => ({
  session_id: formatId('session', row.id),
  current: caller.kind === 'session' && caller.tokenId === row.id,
  ip_address: row.ip_address,
  user_agent: row.user_agent,
  created_at: row.created_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
});
