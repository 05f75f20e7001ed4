import { statement, type NoParams } from '../platform/statement.ts';

/** How many of a webhook's pending deliveries are looked at. */
const PENDING_MAX = 10_000;

/** The age of the oldest pending delivery of the enabled webhooks; null = none is pending. For /metrics. */
export const MEASURE_DELIVERIES = statement<NoParams, { seconds: number | null }>(
  'webhook_measure_deliveries',
  `
    select extract(epoch from statement_timestamp() - min(oldest.created_at))::float8 as seconds
    from webhooks w cross join lateral (
      select created_at from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending'
      order by due_at limit ${PENDING_MAX}
    ) oldest
    where w.disabled_reason is null`,
);
