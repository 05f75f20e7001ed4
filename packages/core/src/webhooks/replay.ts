import { noBody, replayFailedDeliveriesBody, type WebhookDelivery } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { statement } from '../platform/statement.ts';
import { getDeliveryOf, getWebhookInWorkspace } from './get.ts';
import { presentDelivery, type WebhookRow } from './present.ts';

const REPLAYED_MAX = 10_000;

const AGAIN = `status = 'pending', attempts = 0, due_at = statement_timestamp(), lease_until = null, completed_at = null`;

const REPLAY = statement<{ id: string; workspace: string }, { id: string }>(
  'webhook_delivery_replay',
  `
    update webhook_deliveries set ${AGAIN}
    where id = :id::uuid and workspace_id = :workspace::uuid and (lease_until is null or lease_until <= statement_timestamp()) returning id`,
);

const REPLAY_FAILED = statement<{ webhook: string; workspace: string; since: string }, { id: string }>(
  'webhook_delivery_replay_failed',
  `
    update webhook_deliveries set ${AGAIN} where id in (
      select id from webhook_deliveries
      where webhook_id = :webhook::uuid and workspace_id = :workspace::uuid and status = 'failed' and created_at >= :since::timestamptz
      order by created_at limit ${REPLAYED_MAX} for no key update skip locked
    ) returning id`,
);

/** Sends an event again, whether it was delivered or not, with a full series of attempts. */
export async function replayDelivery(
  ctx: Context,
  { webhookId, deliveryId }: { webhookId: string; deliveryId: string },
  input: unknown,
): Promise<WebhookDelivery> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const webhook = await getWebhookInWorkspace(ctx, webhookId);
  const { id } = await getDeliveryOf(ctx, webhook, deliveryId);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    assertEnabled(webhook);
    if ((await tx.query(REPLAY, { id, workspace: webhook.workspace_id })).length === 0)
      throw new AppError('INVALID_STATE', 'The delivery is being sent now. Read its outcome, then decide.');
    return presentDelivery(await tx.tables.webhook_deliveries.findUniqueOrThrow({ where: { id } }));
  });
}

/** Sends again what has failed since a time. Returns how many. */
export async function replayFailedDeliveries(ctx: Context, id: string, input: unknown): Promise<{ replayed: number }> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { since } = replayFailedDeliveriesBody.parse(input);
  const webhook = await getWebhookInWorkspace(ctx, id);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    assertEnabled(webhook);
    return {
      replayed: (await tx.query(REPLAY_FAILED, { webhook: webhook.id, workspace: webhook.workspace_id, since })).length,
    };
  });
}

function assertEnabled({ disabled_reason }: WebhookRow): void {
  if (disabled_reason !== null) throw new AppError('INVALID_STATE', 'The webhook is disabled. Enable it first.');
}
