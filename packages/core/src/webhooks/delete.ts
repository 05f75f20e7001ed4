import { noBody, type Webhook } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { getWebhookInWorkspace } from './get.ts';
import { presentWebhook } from './present.ts';

/** Deletes a webhook with its secrets and deliveries. */
export async function deleteWebhook(ctx: Context, id: string, input: unknown): Promise<Webhook> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const seen = await getWebhookInWorkspace(ctx, id);
  const { count } = await ctx.db.tables.webhooks.deleteMany({
    where: { id: seen.id, workspace_id: seen.workspace_id },
  });
  if (count === 0) throw notFound('webhook');
  return presentWebhook(seen);
}
