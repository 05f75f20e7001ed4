import { listQuery, type GatewayRead } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import type { gateway_reads } from '../generated/client.ts';
import { sql } from '../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../platform/page.ts';
import { getGatewayInWorkspace } from './get.ts';
import { presentRead } from './present.ts';

/** Lists what agents read through a gateway, newest first. */
export async function listGatewayReads(ctx: Context, id: string, input: unknown): Promise<Page<GatewayRead>> {
  authorize(ctx, 'workspace:admin');
  const page = listQuery.parse(input);
  const { id: gatewayId } = await getGatewayInWorkspace(ctx, id);
  return readTablePage<gateway_reads, GatewayRead>(ctx.db, page, {
    from: 'gateway_reads',
    where: sql`gateway_id = ${gatewayId}::uuid`,
    order: NEWEST_FIRST,
    times: ['created_at'],
    present: presentRead,
  });
}
