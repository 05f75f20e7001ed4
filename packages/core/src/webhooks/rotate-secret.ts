import { rotateWebhookSecretBody } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { statement } from '../platform/statement.ts';
import type { WebhookWithSecret } from './create.ts';
import { getWebhookInWorkspace } from './get.ts';
import { newWebhookSecret } from './new-secret.ts';
import { presentWebhook, WITH_SECRETS } from './present.ts';

/** How many secrets sign at a time: each makes the header of a request longer. */
const SECRETS_MAX = 5;
const HOUR_MS = 3_600_000;

/** Locks the row, so that two rotations follow one another. */
const LOCK = statement<{ id: string; workspace: string }, { id: string }>(
  'webhook_lock',
  `select id from webhooks where id = :id::uuid and workspace_id = :workspace::uuid for no key update`,
);

const DELETE_EXPIRED = statement<{ webhook: string }, { id: string }>(
  'webhook_secret_delete_expired',
  `delete from webhook_secrets where webhook_id = :webhook::uuid and expires_at <= statement_timestamp() returning id`,
);

const EXPIRE = statement<{ webhook: string; overlapMs: number }, { id: string }>(
  'webhook_secret_expire',
  `
    update webhook_secrets set expires_at = statement_timestamp() + :overlapMs::float8 * interval '1 ms'
    where webhook_id = :webhook::uuid
      and (expires_at is null or expires_at > statement_timestamp() + :overlapMs::float8 * interval '1 ms')
    returning id`,
);

/** Replaces the signing secret. Until the overlap ends, the previous ones sign too. */
export async function rotateWebhookSecret(ctx: Context, id: string, input: unknown): Promise<WebhookWithSecret> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { overlap_hours } = rotateWebhookSecretBody.parse(input);
  const seen = await getWebhookInWorkspace(ctx, id);
  const { secret, row } = newWebhookSecret(ctx.secrets, seen);
  const webhook = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    if ((await tx.query(LOCK, { id: seen.id, workspace: seen.workspace_id })).length === 0) throw notFound('webhook');
    await tx.query(EXPIRE, { webhook: seen.id, overlapMs: overlap_hours * HOUR_MS });
    await tx.query(DELETE_EXPIRED, { webhook: seen.id });
    if ((await tx.tables.webhook_secrets.count({ where: { webhook_id: seen.id } })) >= SECRETS_MAX)
      throw new AppError(
        'INVALID_STATE',
        `${SECRETS_MAX} secrets sign already. Wait until one expires, or rotate with a shorter overlap.`,
      );
    await tx.tables.webhook_secrets.create({ data: row });
    return presentWebhook(
      await tx.tables.webhooks.findUniqueOrThrow({ where: { id: seen.id }, include: WITH_SECRETS }),
    );
  });
  return { secret: ctx.idempotency?.replayed ? null : secret, webhook };
}
