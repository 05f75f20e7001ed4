import { pageQuery, type Gateway } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { readPage, type Page } from '../platform/page.ts';
import { presentGateway, WITH_PARTS } from './present.ts';

/** Lists the workspace's gateways, newest first. */
export async function listGateways(ctx: Context, input: unknown): Promise<Page<Gateway>> {
  authorize(ctx, 'workspace:admin');
  const page = pageQuery.parse(input);
  const where = { workspace_id: ctx.caller.workspaceId };
  const { gateways } = ctx.db.tables;
  return readPage(
    page,
    (window) =>
      gateways.findMany({ where, include: WITH_PARTS, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => gateways.count({ where }),
    presentGateway,
  );
}
