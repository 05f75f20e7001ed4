// Writes a delivery for each event and each webhook that asks for it. The cursor moves in the same statement, so an
// event gets its deliveries exactly once, and the feed's rules make sure that none is passed over (events/read.ts).
// Nothing here runs when an action moves. Held by webhooks.test.ts.
import type { Logger } from 'pino';
import type { Database } from '../platform/db.ts';
import { IS_STABLE } from '../events/read.ts';
import { statement, type NoParams } from '../platform/statement.ts';

const EVENTS_PER_PASS = 1_000;

const RECORD = statement<NoParams, { read: number; recorded: number; ahead: boolean }>(
  'webhook_record_deliveries',
  `
    with cursor as materialized (
      select transaction_id, number from webhook_cursor
      where exists (select from webhooks where disabled_reason is null)
      for update skip locked
    ), page as materialized (
      select action_id, version, workspace_id, event, at, transaction_id, number from action_events
      where (transaction_id, number) > ((select transaction_id from cursor), (select number from cursor)) and ${IS_STABLE}
      order by transaction_id, number limit ${EVENTS_PER_PASS}
    ), recorded as (
      insert into webhook_deliveries (workspace_id, webhook_id, action_id, version, event, due_at, created_at)
      select p.workspace_id, w.id, p.action_id, p.version, p.event, statement_timestamp(), statement_timestamp()
      from page p join webhooks w on w.workspace_id = p.workspace_id
      where w.disabled_reason is null and p.at >= w.events_since
        and (w.events = '{}' or p.event = any(w.events))
      on conflict do nothing
      returning 1
    ), moved as (
      update webhook_cursor c set transaction_id = last.transaction_id, number = last.number
      from (select transaction_id, number from page order by transaction_id desc, number desc limit 1) last
      returning 1
    )
    select (select count(*)::int from page) as read, (select count(*)::int from recorded) as recorded,
      coalesce((select transaction_id > pg_snapshot_xmin(pg_current_snapshot()) from cursor), false) as ahead`,
);

/** Restarts the cursor of a database that was restored into another server, whose transactions have other numbers. */
const RESTART = statement<NoParams, { moved: 1 }>(
  'webhook_restart_cursor',
  `
    update webhook_cursor set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), number = 0
    where transaction_id > pg_snapshot_xmin(pg_current_snapshot()) returning 1 as moved`,
);

export interface Recorded {
  /** How many deliveries it wrote. */
  recorded: number;
  /** More events can be read at once. */
  more: boolean;
}

/** Writes deliveries for the next events. */
export async function recordDeliveries({ db, log }: { db: Database; log: Logger }): Promise<Recorded> {
  const [pass] = await db.query(RECORD, {});
  if (pass?.ahead) {
    await db.query(RESTART, {});
    log.warn('the database was restored into another server: webhooks get the events from now on');
  }
  return { recorded: pass?.recorded ?? 0, more: pass?.read === EVENTS_PER_PASS };
}
