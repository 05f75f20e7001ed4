import { updateGatewayBody, type Gateway } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import type { Transaction } from '../platform/db.ts';
import { notFound } from '../platform/errors.ts';
import { statement } from '../platform/statement.ts';
import { listServers, storeListings } from './catalogue.ts';
import { getGatewayInWorkspace } from './get.ts';
import { agentsOf, serversOf } from './parts.ts';
import { presentGateway, WITH_PARTS } from './present.ts';

type Parts = Awaited<ReturnType<typeof serversOf>>;

/** Changes a gateway. A server that stays keeps its catalogue; a new one is asked for its tools. */
export async function updateGateway(ctx: Context, id: string, input: unknown): Promise<Gateway> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const body = updateGatewayBody.parse(input);
  const seen = await getGatewayInWorkspace(ctx, id);
  const servers = body.servers && (await serversOf(ctx, body.servers));
  const agents = body.agent_ids && (await agentsOf(ctx, body.agent_ids));
  const known = new Set(seen.servers.map(({ identity_id }) => identity_id));
  const added = (servers ?? []).map(({ identity_id }) => identity_id).filter((one) => !known.has(one));
  const { id: gateway_id, workspace_id } = seen;
  const identities = await ctx.db.tables.identities.findMany({ where: { id: { in: added }, workspace_id } });
  const listings = await listServers(
    ctx,
    identities.map((identity) => ({ gateway_id, identity_id: identity.id, workspace_id, identity })),
  );
  return ctx.db.transaction(async (tx) => {
    const [locked] = await tx.query(TOUCH, { id: gateway_id, name: body.name ?? null });
    if (!locked) throw notFound('gateway');
    if (servers) await replaceServers(tx, { gateway_id, workspace_id }, servers);
    if (agents) {
      await tx.tables.gateway_agents.deleteMany({ where: { gateway_id } });
      const data = agents.map((agent_id) => ({ gateway_id, agent_id, workspace_id }));
      await tx.tables.gateway_agents.createMany({ data });
    }
    await storeListings(tx, seen, listings, ctx.caller.actor);
    return presentGateway(
      await tx.tables.gateways.findUniqueOrThrow({ where: { id: gateway_id }, include: WITH_PARTS }),
    );
  });
}

/** Locks the row, so that two changes follow one another. */
const TOUCH = statement<{ id: string; name: string | null }, { id: string }>(
  'gateway_update',
  `
    update gateways set name = coalesce(:name, name), updated_at = clock_timestamp() where id = :id::uuid returning id`,
);

async function replaceServers(
  { tables }: Transaction,
  { gateway_id, workspace_id }: { gateway_id: string; workspace_id: string },
  servers: Parts,
): Promise<void> {
  const identity_id = { notIn: servers.map((one) => one.identity_id) };
  await tables.gateway_servers.deleteMany({ where: { gateway_id, identity_id } });
  // No two servers share a prefix, not even for a moment: first, each gets one that no body can name.
  for (const { identity_id: one } of await tables.gateway_servers.findMany({ where: { gateway_id } }))
    await tables.gateway_servers.update({
      where: { gateway_id_identity_id: { gateway_id, identity_id: one } },
      data: { prefix: `:${one}` },
    });
  for (const { identity_id: one, prefix } of servers)
    await tables.gateway_servers.upsert({
      where: { gateway_id_identity_id: { gateway_id, identity_id: one } },
      create: { gateway_id, identity_id: one, workspace_id, prefix },
      update: { prefix },
    });
}
