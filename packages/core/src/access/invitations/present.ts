import type { Actor, Invitation, Role } from '@proviso/contracts';
import type { invitations } from '../../generated/client.ts';
import { formatId } from '../../platform/ids.ts';
import { statement, type NoParams } from '../../platform/statement.ts';
import type { Queryable } from '../../platform/db.ts';

/** An invitation without its secret. `now` is the database's time. */
export const presentInvitation = (row: invitations, now: Date): Invitation => ({
  invitation_id: formatId('invitation', row.id),
  email: row.email,
  role: row.role as Role,
  lookup: row.lookup,
  status: statusOf(row, now),
  created_by: row.created_by as Actor,
  expires_at: row.expires_at.toISOString(),
  accepted_at: row.accepted_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
});

export function statusOf({ accepted_at, revoked_at, expires_at }: invitations, now: Date): Invitation['status'] {
  if (accepted_at) return 'accepted';
  if (revoked_at) return 'revoked';
  return expires_at <= now ? 'expired' : 'open';
}

const NOW = statement<NoParams, { now: Date }>('invitation_now', 'select clock_timestamp() as now');

/** The database's clock decides what has expired. */
export async function databaseNow(db: Queryable): Promise<Date> {
  const [row] = await db.query(NOW, {});
  if (!row) throw new Error('the database does not tell the time');
  return row.now;
}
