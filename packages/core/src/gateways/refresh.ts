import { noBody, type Gateway } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { runAndKeepReply } from '../platform/idempotency.ts';
import { listServers, storeListings } from './catalogue.ts';
import { getGatewayInWorkspace } from './get.ts';
import { presentGateway } from './present.ts';

/** Asks the servers for their tools now, and stores them next to what a person reviewed. */
export async function refreshGateway(ctx: Context, id: string, input: unknown): Promise<Gateway> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const seen = await getGatewayInWorkspace(ctx, id);
  return runAndKeepReply(ctx.db, ctx.idempotency, async () => {
    const listings = await listServers(ctx, seen.servers);
    await ctx.db.transaction((tx) => storeListings(tx, seen, listings, ctx.caller.actor));
    return presentGateway(await getGatewayInWorkspace(ctx, id));
  });
}
