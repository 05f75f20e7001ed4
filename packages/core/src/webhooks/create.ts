import { createWebhookBody, type Webhook } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { newWebhookSecret } from './new-secret.ts';
import { presentWebhook, WITH_SECRETS } from './present.ts';
import { START_CURSOR } from './start-cursor.ts';

const WEBHOOKS_MAX = 50;

export interface WebhookWithSecret {
  /** Null in a replay: the secret is shown once. */
  secret: string | null;
  webhook: Webhook;
}

/** Adds a webhook, which gets the events from now on. */
export async function createWebhook(ctx: Context, input: unknown): Promise<WebhookWithSecret> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { url, events = [], description = null } = createWebhookBody.parse(input);
  assertReachable(ctx, url);
  const { workspaceId: workspace_id, actor } = ctx.caller;
  const data = { id: newId(), workspace_id, url, events, description, created_by: { ...actor } };
  const { secret, row } = newWebhookSecret(ctx.secrets, data);
  const webhook = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    if ((await tx.tables.webhooks.count({ where: { workspace_id } })) >= WEBHOOKS_MAX)
      throw new AppError('INVALID_STATE', `The workspace has ${WEBHOOKS_MAX} webhooks. Delete one first.`);
    await tx.query(START_CURSOR, { id: data.id });
    await tx.tables.webhooks.create({ data });
    await tx.tables.webhook_secrets.create({ data: row });
    return presentWebhook(
      await tx.tables.webhooks.findUniqueOrThrow({ where: { id: data.id }, include: WITH_SECRETS }),
    );
  });
  return { secret: ctx.idempotency?.replayed ? null : secret, webhook };
}

/** Throws INVALID for an address that is not on the public internet. */
export function assertReachable({ executors }: Context, url: string): void {
  const fault = executors.webhooks?.addressFault(new URL(url));
  if (fault) throw invalid('url', fault);
}
