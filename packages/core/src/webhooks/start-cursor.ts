import { statement } from '../platform/statement.ts';

/**
 * Moves the cursor to the present if no other webhook is enabled: while none is, it rests, and nothing reads the feed.
 * Run it in the transaction that enables a webhook, before the write.
 */
export const START_CURSOR = statement<{ id: string }, { moved: 1 }>(
  'webhook_start_cursor',
  `
    update webhook_cursor set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), number = 0
    where not exists (select from webhooks where disabled_reason is null and id <> :id::uuid) returning 1 as moved`,
);
