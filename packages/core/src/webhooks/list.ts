import { pageQuery, type Webhook } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { readPage, type Page } from '../platform/page.ts';
import { presentWebhook, WITH_SECRETS } from './present.ts';

/** Lists the workspace's webhooks, newest first. */
export async function listWebhooks(ctx: Context, input: unknown): Promise<Page<Webhook>> {
  authorize(ctx, 'workspace:admin');
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId };
  const { webhooks } = ctx.db.tables;
  return readPage(
    page,
    (window) =>
      webhooks.findMany({ where, include: WITH_SECRETS, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => webhooks.count({ where }),
    presentWebhook,
  );
}
