import { listQuery, type GatewayTool } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import type { gateway_tools } from '../generated/client.ts';
import { sql } from '../platform/db.ts';
import { readTablePage, type Order, type Page } from '../platform/page.ts';
import { getGatewayInWorkspace } from './get.ts';
import { presentTool } from './present.ts';

const BY_SERVER: Order = {
  name: 'server',
  direction: 'asc',
  terms: [
    { sql: 't.identity_id', type: 'uuid' },
    { sql: 't.name', type: 'text' },
  ],
};

/** Lists a gateway's catalogue, by server and name. */
export async function listGatewayTools(ctx: Context, id: string, input: unknown): Promise<Page<GatewayTool>> {
  authorize(ctx, 'workspace:admin');
  const page = listQuery.parse(input);
  const { id: gatewayId, servers } = await getGatewayInWorkspace(ctx, id);
  const prefixes = new Map(servers.map(({ identity_id, prefix }) => [identity_id, prefix]));
  return readTablePage<gateway_tools, GatewayTool>(ctx.db, page, {
    from: 'gateway_tools',
    where: sql`gateway_id = ${gatewayId}::uuid`,
    order: BY_SERVER,
    times: ['reviewed_at', 'removed_at', 'created_at', 'updated_at'],
    present: (row) => presentTool(row, prefixes.get(row.identity_id) ?? ''),
  });
}
