import { createGatewayBody, type Gateway } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { listServers, storeListings } from './catalogue.ts';
import { agentsOf, serversOf } from './parts.ts';
import { presentGateway, WITH_PARTS } from './present.ts';

/** Adds a gateway, and asks its servers for their tools. Each tool is a write until a person says otherwise. */
export async function createGateway(ctx: Context, input: unknown): Promise<Gateway> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { name, servers: named, agent_ids } = createGatewayBody.parse(input);
  const [servers, agents] = [await serversOf(ctx, named), await agentsOf(ctx, agent_ids)];
  const [id, workspace_id] = [newId(), ctx.caller.workspaceId];
  const identities = await ctx.db.tables.identities.findMany({
    where: { id: { in: servers.map(({ identity_id }) => identity_id) }, workspace_id },
  });
  const parts = identities.map((identity) => ({ gateway_id: id, identity_id: identity.id, workspace_id, identity }));
  const listings = await listServers(ctx, parts);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.tables.gateways.create({ data: { id, workspace_id, name } });
    const data = servers.map((server) => ({ ...server, gateway_id: id, workspace_id }));
    await tx.tables.gateway_servers.createMany({ data });
    await tx.tables.gateway_agents.createMany({
      data: agents.map((agent_id) => ({ gateway_id: id, agent_id, workspace_id })),
    });
    await storeListings(tx, { id, workspace_id }, listings, ctx.caller.actor);
    return presentGateway(await tx.tables.gateways.findUniqueOrThrow({ where: { id }, include: WITH_PARTS }));
  });
}
