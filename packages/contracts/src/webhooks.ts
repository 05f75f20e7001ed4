import { z } from 'zod';
import { pagination } from './actions.ts';
import { ok } from './fields.ts';
import { prefixedId } from './ids.ts';
import { plainText } from './json.ts';
import { EVENTS, eventName } from './lifecycle.ts';
import { strictFields } from './optional.ts';
import { listQuery, paginationReply } from './records.ts';
import { instant, utcTimestamp } from './time.ts';

const OVERLAP_HOURS_MAX = 7 * 24;
const OVERLAP_HOURS = 24;

const url = z.url({ protocol: /^https?$/, error: 'must be an https:// URL' }).max(2_048);
const description = plainText(500);
const events = z
  .array(eventName)
  .min(1)
  .max(EVENTS.length)
  .refine((list) => new Set(list).size === list.length, 'lists an event twice');

export const createWebhookBody = strictFields({
  url: url.describe('Where to send events: https, on the public internet, without credentials or a fragment.'),
  events: events.optional().describe('The events to send. All of them if it is left out.'),
  description: description.optional().describe('For people.'),
}).meta({
  id: 'CreateWebhook',
  description: 'An address that is told what happens to actions.',
  examples: [{ url: 'https://hooks.example.com/proviso', events: ['action.completed', 'action.failed'] }],
});

export const updateWebhookBody = z
  .strictObject({
    url: url.optional().describe('Where to send events.'),
    events: events.nullable().optional().describe('The events to send; null = all of them.'),
    description: description.nullable().optional().describe('For people; null removes it.'),
    enabled: z
      .boolean()
      .optional()
      .describe('False stops deliveries. True sends what was pending, and events from now on.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateWebhook', description: 'What to change about a webhook.', examples: [{ enabled: false }] });

export const rotateWebhookSecretBody = strictFields({
  overlap_hours: z
    .number()
    .min(0)
    .max(OVERLAP_HOURS_MAX)
    .default(OVERLAP_HOURS)
    .describe('How long the previous secrets still sign, in hours. 24 by default.'),
}).meta({
  id: 'RotateWebhookSecret',
  description: 'How to replace a signing secret.',
  examples: [{ overlap_hours: 48 }],
});

const DISABLED_REASONS = ['requested', 'gone', 'failing'] as const;
const disabledReason = z.enum(DISABLED_REASONS).meta({
  id: 'WebhookDisabledReason',
  description:
    'Why a webhook is disabled: a person `requested` it, its address answered 410 (`gone`), or nothing was delivered for three days (`failing`).',
});
export type WebhookDisabledReason = z.output<typeof disabledReason>;

/** A webhook without its secrets. */
export const webhook = z
  .object({
    webhook_id: prefixedId('webhook').describe('Its id.'),
    url: z.string().describe('Where events are sent.'),
    events: z.array(eventName).nullable().describe('The events that are sent; null = all of them.'),
    description: z.string().nullable().describe('For people; null = none.'),
    enabled: z.boolean().describe('Whether events are sent.'),
    disabled_reason: disabledReason.nullable().describe('Why it is disabled; null = it is not.'),
    disabled_at: utcTimestamp.nullable().describe('When it was disabled; null = it is not.'),
    failing_since: utcTimestamp
      .nullable()
      .describe('The first failed attempt since the last success; null = none has failed since.'),
    secrets: z
      .array(
        z.object({
          created_at: utcTimestamp.describe('When it was created.'),
          expires_at: utcTimestamp.nullable().describe('When it stops signing; null = it is the current one.'),
        }),
      )
      .describe('The signing secrets, newest first, without their values.'),
    created_at: utcTimestamp.describe('When it was added.'),
    updated_at: utcTimestamp.describe('When a person last changed it.'),
  })
  .meta({ id: 'Webhook', description: 'An address that is told what happens to actions, without its secrets.' });
export type Webhook = z.output<typeof webhook>;

export const webhookReply = z.object({ status: ok, webhook: webhook.describe('The webhook as it is now.') });
/** Only the first reply has the secret: null in the replay of an Idempotency-Key. */
export const webhookSecretReply = z.object({
  status: ok,
  secret: z
    .string()
    .nullable()
    .describe('The new signing secret, `whsec_…`. Shown once: null in the replay of an Idempotency-Key.'),
  webhook: webhook.describe('The webhook as it is now.'),
});
export const listWebhooksReply = z.object({
  status: ok,
  webhooks: z.array(webhook).describe('The page, newest first.'),
  pagination: paginationReply.describe('The position of the page.'),
});

const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
const deliveryStatus = z.enum(DELIVERY_STATUSES).meta({
  id: 'WebhookDeliveryStatus',
  description: 'A delivery is `pending` until an attempt succeeds (`delivered`) or the last one fails (`failed`).',
});
export type WebhookDeliveryStatus = z.output<typeof deliveryStatus>;

export const webhookAttempt = z.object({
  at: utcTimestamp.describe('When it ended.'),
  status: z.int().nullable().describe('The HTTP status of the answer; null = there was none.'),
  error: z.string().nullable().describe('Why it failed; null = it succeeded.'),
  duration_ms: z.int().describe('How long it took.'),
});
export type WebhookAttempt = z.output<typeof webhookAttempt>;

export const webhookDelivery = z
  .object({
    delivery_id: prefixedId('delivery').describe('Its id.'),
    event_id: z.string().describe('The id of the event, sent as `webhook-id`: the same for every attempt.'),
    event: eventName.describe('What happened.'),
    action_id: prefixedId('action').describe('The action that it happened to.'),
    version: z.int().describe('The version of the action after it.'),
    status: deliveryStatus.describe('Where it is.'),
    attempts: z.array(webhookAttempt).describe('The latest 20 attempts, oldest first.'),
    next_attempt_at: utcTimestamp.nullable().describe('When it is sent next; null = it is delivered or has failed.'),
    created_at: utcTimestamp.describe('When the event was read from the log.'),
    completed_at: utcTimestamp.nullable().describe('When it was delivered or given up; null = it is pending.'),
  })
  .meta({ id: 'WebhookDelivery', description: 'One event for one webhook.' });
export type WebhookDelivery = z.output<typeof webhookDelivery>;

export const listWebhookDeliveriesQuery = listQuery.extend({
  status: deliveryStatus.optional().describe('Only those with this status.'),
});
export const listWebhookDeliveriesReply = z.object({
  status: ok,
  deliveries: z.array(webhookDelivery).describe('The page, newest first.'),
  pagination: pagination.describe('The position of the page.'),
});
export const webhookDeliveryReply = z.object({
  status: ok,
  delivery: webhookDelivery.describe('The delivery as it is now.'),
});

export const replayFailedDeliveriesBody = strictFields({
  since: instant.describe('Failed deliveries that were created at this time or later are sent again.'),
}).meta({
  id: 'ReplayFailedDeliveries',
  description: 'Which failed deliveries to send again.',
  examples: [{ since: '2026-01-02T09:00:00Z' }],
});
export const replayedDeliveriesReply = z.object({
  status: ok,
  replayed: z.int().describe('How many are sent again, at most 10 000. Call it again until it is 0.'),
});
