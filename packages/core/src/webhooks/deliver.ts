import { type ActionEvent, type JsonObject, type WebhookAttempt } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import { webhookAttempted } from '../action/diagnostics.ts';
import type { WebhookAnswer } from '../executors/webhook-sender.ts';
import { assertNoTransaction } from '../platform/db.ts';
import { formatId } from '../platform/ids.ts';
import { logLimited } from '../platform/log-limited.ts';
import { openSecret } from '../platform/secrets.ts';
import { statement } from '../platform/statement.ts';
import type { WebhookTimings } from '../platform/timings.ts';
import { webhookSecretAad } from './associated-data.ts';
import type { ClaimedDelivery } from './claim-deliveries.ts';
import { eventIdOf } from './present.ts';

/** How many attempts a delivery shows. */
const LOG_MAX = 20;
const GONE = 410;
const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

interface RecordParams {
  id: string;
  fence: number;
  status: 'pending' | 'delivered' | 'failed';
  delayMs: number;
  /** The previous attempts to keep, and the parts of this one, as JSON. */
  log: string;
  attempt: string;
  gone: boolean;
  failingMaxMs: number;
}

/** Why the webhook is disabled after the attempt; null = it is not. */
const REASON = `
        case
          when :gone::boolean then 'gone'
          when :status <> 'delivered'
            and w.failing_since <= statement_timestamp() - :failingMaxMs::float8 * interval '1 ms' then 'failing'
        end`;

const RECORD = statement<RecordParams, { disabled_reason: string | null }>(
  'webhook_record_attempt',
  `
    with recorded as (
      update webhook_deliveries set status = :status, lease_until = null,
        due_at = statement_timestamp() + :delayMs::float8 * interval '1 ms',
        log = :log::jsonb || jsonb_build_array(
          jsonb_build_object('at', to_char(statement_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          || :attempt::jsonb),
        completed_at = case when :status <> 'pending' then statement_timestamp() end
      where id = :id::uuid and fence = :fence::int and status = 'pending'
      returning webhook_id
    ), noted as (
      update webhooks w set
        failing_since = case when :status <> 'delivered' then coalesce(failing_since, statement_timestamp()) end,
        disabled_reason = ${REASON},
        disabled_at = case when ${REASON} is not null then statement_timestamp() end
      from recorded r
      where w.id = r.webhook_id and w.disabled_reason is null
        and (${REASON} is not null or (w.failing_since is null) <> (:status = 'delivered'))
      returning w.disabled_reason
    )
    select (select disabled_reason from noted) as disabled_reason from recorded`,
);

/** Sends a claimed delivery once, and records what came of it. */
export async function deliver(services: Services, claimed: ClaimedDelivery): Promise<void> {
  const { db, log, timings } = services;
  const started = performance.now();
  const answer = await send(services, claimed);
  const status = statusAfter(answer, claimed, timings.webhooks);
  const attempt = {
    status: answer.status,
    error: answer.error,
    duration_ms: Math.round(performance.now() - started),
  } satisfies Omit<WebhookAttempt, 'at'>;
  const [recorded] = await db.query(RECORD, {
    id: claimed.id,
    fence: claimed.fence,
    status,
    delayMs: status === 'pending' ? delayBefore(answer, claimed, timings.webhooks) : 0,
    log: JSON.stringify(claimed.log.slice(1 - LOG_MAX)),
    attempt: JSON.stringify(attempt),
    gone: answer.status === GONE,
    failingMaxMs: timings.webhooks.failingMaxMs,
  });
  if (!recorded) return; // its lease ended, and another worker has it
  const outcome = status === 'pending' ? 'retried' : status;
  webhookAttempted.publish({ outcome });
  const ids = { webhook: formatId('webhook', claimed.webhook_id), event: eventIdOf(claimed) };
  logLimited(log, { ...ids, outcome, ...attempt, attempt: claimed.attempts }, 'webhook attempt');
  if (recorded.disabled_reason)
    log.info(
      { webhook: ids.webhook, reason: recorded.disabled_reason },
      'webhook disabled: nothing more is sent to it',
    );
}

async function send({ executors, secrets, timings }: Services, claimed: ClaimedDelivery): Promise<WebhookAnswer> {
  assertNoTransaction('A webhook');
  if (!executors.webhooks) return failed('This worker sends no webhooks. Run one with the built-in executors.');
  if (!claimed.event) return failed('The event was deleted before it could be sent.');
  const signing: string[] = [];
  try {
    for (const { id, secret } of claimed.secrets ?? [])
      signing.push((openSecret(secrets, secret, webhookSecretAad(id)) as { secret: string }).secret);
  } catch {
    return failed('The signing secret cannot be opened: check PROVISO_SECRET_KEYS.');
  }
  const [url, id, body] = [claimed.url, eventIdOf(claimed), bodyOf(claimed, claimed.event)];
  return executors.webhooks.send({ url, id, secrets: signing, body, timeoutMs: timings.webhooks.timeoutMs });
}

const failed = (error: string): WebhookAnswer => ({ status: null, error, retryAfterMs: null });

/** The same bytes for every attempt. `data` is the event as the feed has it, with what identifies it elsewhere. */
function bodyOf(claimed: ClaimedDelivery, event: JsonObject): string {
  const at = new Date(event.at as string).toISOString();
  const entry = {
    at,
    event: event.event,
    actor: event.actor,
    data: event.data,
    action_id: formatId('action', claimed.action_id),
    version: claimed.version,
    status: event.status,
  } as ActionEvent['event'];
  return JSON.stringify({
    type: event.event,
    timestamp: at,
    data: {
      ...entry,
      event_id: eventIdOf(claimed),
      action_type: claimed.action_type,
      workspace_id: claimed.workspace_id,
    },
  });
}

function statusAfter(
  { error, status }: WebhookAnswer,
  { attempts, event }: ClaimedDelivery,
  { delaysMs }: WebhookTimings,
): RecordParams['status'] {
  if (error === null) return 'delivered';
  return !event || status === GONE || attempts > delaysMs.length ? 'failed' : 'pending';
}

/** With jitter, so that a receiver that was down does not get everything at the same moment. */
function delayBefore(
  { retryAfterMs }: WebhookAnswer,
  { attempts }: ClaimedDelivery,
  { delaysMs }: WebhookTimings,
): number {
  const delayMs = (delaysMs[attempts - 1] ?? 0) * (0.8 + Math.random() * 0.4);
  return Math.max(delayMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}
