import type {
  EventName,
  Webhook,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryStatus,
  WebhookDisabledReason,
} from '@proviso/contracts';
import type { webhook_deliveries, webhooks, webhook_secrets } from '../generated/client.ts';
import { formatId } from '../platform/ids.ts';

export const WITH_SECRETS = { secrets: { orderBy: { created_at: 'desc' } } } as const;
export type WebhookRow = webhooks & { secrets: webhook_secrets[] };

/** The event's id, sent as `webhook-id`. Standard Webhooks allows no dot in it. */
export const eventIdOf = ({ action_id, version }: { action_id: string; version: number }): string =>
  `${formatId('action', action_id)}_${version}`;

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A webhook without its secrets. */
export const presentWebhook = (row: WebhookRow): Webhook => ({
  webhook_id: formatId('webhook', row.id),
  url: row.url,
  events: row.events.length > 0 ? (row.events as EventName[]) : null,
  description: row.description,
  enabled: row.disabled_reason === null,
  disabled_reason: row.disabled_reason as WebhookDisabledReason | null,
  disabled_at: time(row.disabled_at),
  failing_since: time(row.failing_since),
  secrets: row.secrets.map(({ created_at, expires_at }) => ({
    created_at: created_at.toISOString(),
    expires_at: time(expires_at),
  })),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

export const presentDelivery = (row: webhook_deliveries): WebhookDelivery => ({
  delivery_id: formatId('delivery', row.id),
  event_id: eventIdOf(row),
  event: row.event as EventName,
  action_id: formatId('action', row.action_id),
  version: row.version,
  status: row.status as WebhookDeliveryStatus,
  attempts: row.log as WebhookAttempt[],
  next_attempt_at: row.status === 'pending' ? row.due_at.toISOString() : null,
  created_at: row.created_at.toISOString(),
  completed_at: time(row.completed_at),
});
