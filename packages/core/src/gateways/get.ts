import type { Gateway } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { parseId } from '../platform/ids.ts';
import { presentGateway, WITH_PARTS, type GatewayRow } from './present.ts';

/** The gateway with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getGatewayInWorkspace(ctx: Context, id: string): Promise<GatewayRow> {
  const uuid = parseId('gateway', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  const row = uuid ? await ctx.db.tables.gateways.findFirst({ where, include: WITH_PARTS }) : null;
  if (!row) throw notFound('gateway');
  return row;
}

export async function getGateway(ctx: Context, id: string): Promise<Gateway> {
  authorize(ctx, 'workspace:admin');
  return presentGateway(await getGatewayInWorkspace(ctx, id));
}
