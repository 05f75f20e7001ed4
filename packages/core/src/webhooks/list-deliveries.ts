import { listWebhookDeliveriesQuery, type WebhookDelivery } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import type { webhook_deliveries } from '../generated/client.ts';
import { sql } from '../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../platform/page.ts';
import { getWebhookInWorkspace } from './get.ts';
import { presentDelivery } from './present.ts';

/** Lists the deliveries of a webhook, newest first. */
export async function listWebhookDeliveries(ctx: Context, id: string, input: unknown): Promise<Page<WebhookDelivery>> {
  authorize(ctx, 'workspace:admin');
  const { status, ...page } = listWebhookDeliveriesQuery.parse(input);
  const { id: webhookId } = await getWebhookInWorkspace(ctx, id);
  return readTablePage<webhook_deliveries, WebhookDelivery>(ctx.db, page, {
    from: 'webhook_deliveries',
    where: sql`webhook_id = ${webhookId}::uuid ${status ? sql`and status = ${status}` : sql.empty}`,
    order: NEWEST_FIRST,
    times: ['created_at', 'due_at', 'lease_until', 'completed_at'],
    present: presentDelivery,
  });
}
