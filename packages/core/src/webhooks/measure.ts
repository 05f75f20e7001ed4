import { statement, type NoParams } from '../platform/statement.ts';

/** The age of the oldest pending delivery of the enabled webhooks; null = none is pending. For /metrics. */
export const MEASURE_DELIVERIES = statement<NoParams, { seconds: number | null }>(
  'webhook_measure_deliveries',
  `
    select extract(epoch from statement_timestamp() - min(oldest.created_at))::float8 as seconds
    from webhooks w cross join lateral (
      select created_at from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending'
      order by created_at limit 1
    ) oldest
    where w.disabled_reason is null`,
);
