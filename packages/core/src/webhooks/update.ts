import { updateWebhookBody, type Webhook } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { statement } from '../platform/statement.ts';
import { assertReachable } from './create.ts';
import { getWebhookInWorkspace } from './get.ts';
import { presentWebhook, WITH_SECRETS } from './present.ts';
import { START_CURSOR } from './start-cursor.ts';

interface UpdateParams {
  id: string;
  workspace: string;
  url: string | null;
  events: readonly string[] | null;
  description: string | null;
  /** Whether to write `description`, whose null has a meaning. */
  describes: boolean;
  /** Null = as it is. */
  enabled: boolean | null;
}

const IS_ENABLING = ':enabled::boolean and disabled_reason is not null';

const UPDATE = statement<UpdateParams, { id: string }>(
  'webhook_update',
  `
    update webhooks set
      url = coalesce(:url, url),
      events = coalesce(:events::text[], events),
      description = case when :describes::boolean then :description else description end,
      disabled_reason = case when :enabled::boolean then null when not :enabled::boolean
        then coalesce(disabled_reason, 'requested') else disabled_reason end,
      disabled_at = case when :enabled::boolean then null when not :enabled::boolean
        then coalesce(disabled_at, statement_timestamp()) else disabled_at end,
      failing_since = case when ${IS_ENABLING} then null else failing_since end,
      events_since = case when ${IS_ENABLING} then statement_timestamp() else events_since end,
      updated_at = clock_timestamp()
    where id = :id::uuid and workspace_id = :workspace::uuid returning id`,
);

/** Changes a webhook. One that is enabled again gets the events from then on, and what was pending. */
export async function updateWebhook(ctx: Context, id: string, input: unknown): Promise<Webhook> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { url, events, description, enabled } = updateWebhookBody.parse(input);
  if (url !== undefined) assertReachable(ctx, url);
  const { id: uuid } = await getWebhookInWorkspace(ctx, id);
  return ctx.db.transaction(async (tx) => {
    if (enabled) await tx.query(START_CURSOR, { id: uuid });
    const [updated] = await tx.query(UPDATE, {
      id: uuid,
      workspace: ctx.caller.workspaceId,
      url: url ?? null,
      events: events === null ? [] : (events ?? null),
      description: description ?? null,
      describes: description !== undefined,
      enabled: enabled ?? null,
    });
    if (!updated) throw notFound('webhook');
    return presentWebhook(await tx.tables.webhooks.findUniqueOrThrow({ where: { id: uuid }, include: WITH_SECRETS }));
  });
}
