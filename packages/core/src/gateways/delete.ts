import { noBody, type Gateway } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { getGatewayInWorkspace } from './get.ts';
import { presentGateway } from './present.ts';

/** Deletes a gateway with its catalogue and its record of reads. What agents called through it stays an action. */
export async function deleteGateway(ctx: Context, id: string, input: unknown): Promise<Gateway> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const seen = await getGatewayInWorkspace(ctx, id);
  const { count } = await ctx.db.tables.gateways.deleteMany({ where: { id: seen.id } });
  if (count === 0) throw notFound('gateway');
  return presentGateway(seen);
}
