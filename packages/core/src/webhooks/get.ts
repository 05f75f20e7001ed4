import type { Webhook } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import type { webhook_deliveries } from '../generated/client.ts';
import { notFound } from '../platform/errors.ts';
import { parseId } from '../platform/ids.ts';
import { presentWebhook, WITH_SECRETS, type WebhookRow } from './present.ts';

/** The webhook with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getWebhookInWorkspace(ctx: Context, id: string): Promise<WebhookRow> {
  const uuid = parseId('webhook', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  const row = uuid ? await ctx.db.tables.webhooks.findFirst({ where, include: WITH_SECRETS }) : null;
  if (!row) throw notFound('webhook');
  return row;
}

/** The delivery with that id of a webhook. Throws NOT_FOUND. */
export async function getDeliveryOf(ctx: Context, { id }: WebhookRow, deliveryId: string): Promise<webhook_deliveries> {
  const uuid = parseId('delivery', deliveryId);
  const where = { id: uuid ?? '', webhook_id: id };
  const row = uuid ? await ctx.db.tables.webhook_deliveries.findFirst({ where }) : null;
  if (!row) throw notFound('delivery');
  return row;
}

export async function getWebhook(ctx: Context, id: string): Promise<Webhook> {
  authorize(ctx, 'workspace:admin');
  return presentWebhook(await getWebhookInWorkspace(ctx, id));
}
