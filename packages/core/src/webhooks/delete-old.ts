import type { Database } from '../platform/db.ts';
import { statement, type NoParams } from '../platform/statement.ts';

const BATCH = 1_000;

const DELETE_OLD_DELIVERIES = statement<NoParams, { deleted: 1 }>(
  'webhook_delete_old_deliveries',
  `
    delete from webhook_deliveries where ctid = any(array(
      select ctid from webhook_deliveries where created_at < statement_timestamp() - interval '30 days'
      order by created_at limit ${BATCH}
    )) returning 1 as deleted`,
);

const DELETE_EXPIRED_SECRETS = statement<NoParams, { deleted: 1 }>(
  'webhook_delete_expired_secrets',
  `delete from webhook_secrets where expires_at <= statement_timestamp() returning 1 as deleted`,
);

/** Deletes deliveries that are 30 days old, in batches, and secrets that sign no more. Returns how many. */
export async function deleteOldDeliveries(db: Database): Promise<number> {
  const secrets = await db.query(DELETE_EXPIRED_SECRETS, {});
  return (await db.query(DELETE_OLD_DELIVERIES, {})).length + secrets.length;
}
