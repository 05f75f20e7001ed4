import { reviewGatewayToolsBody, type GatewayTool } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import type { gateway_tools } from '../generated/client.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { parseId } from '../platform/ids.ts';
import { statement } from '../platform/statement.ts';
import { getGatewayInWorkspace } from './get.ts';
import { presentTool } from './present.ts';

interface ReviewParams {
  gateway: string;
  identity: string;
  name: string;
  definitionHash: string;
  access: string;
  by: string;
}

const REVIEW = statement<ReviewParams>(
  'gateway_review_tool',
  `
    update gateway_tools set
      access = :access, reviewed_definition = definition, reviewed_semantics_hash = semantics_hash,
      reviewed_by = :by::jsonb, reviewed_at = clock_timestamp(), updated_at = clock_timestamp()
    where gateway_id = :gateway::uuid and identity_id = :identity::uuid and name = :name
      and definition_hash = :definitionHash
    returning 1 as reviewed`,
);

/**
 * Records what a person decided about tools, for exactly the definitions that they saw. All are stored, or none. Throws
 * CONFLICT if a server has changed one since.
 */
export async function reviewGatewayTools(ctx: Context, id: string, input: unknown): Promise<{ tools: GatewayTool[] }> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const body = reviewGatewayToolsBody.parse(input);
  assertMayClear(ctx, body.tools);
  const gateway = await getGatewayInWorkspace(ctx, id);
  const prefixes = new Map(gateway.servers.map(({ identity_id, prefix }) => [identity_id, prefix]));
  const by = JSON.stringify(ctx.caller.actor);
  return inTransactionOnce(ctx.db, ctx.idempotency, async ({ query, tables }) => {
    const reviewed: gateway_tools[] = [];
    for (const [place, { identity_id, name, access, definition_hash: definitionHash }] of body.tools.entries()) {
      const identity = parseId('identity', identity_id) ?? '';
      if (!prefixes.has(identity)) throw invalid(`tools.${place}.identity_id`, 'is not a server of this gateway');
      const found = await query(REVIEW, { gateway: gateway.id, identity, name, definitionHash, access, by });
      const key = { gateway_id: gateway.id, identity_id: identity, name };
      const row = await tables.gateway_tools.findUnique({ where: { gateway_id_identity_id_name: key } });
      if (!row) throw invalid(`tools.${place}.name`, 'is not a tool of this server');
      if (found.length === 0)
        throw new AppError('CONFLICT', `The server has changed ${name} since you saw it. Read it again, then decide.`, [
          { path: `tools.${place}.definition_hash`, message: 'is not the current one' },
        ]);
      reviewed.push(row);
    }
    return { tools: reviewed.map((row) => presentTool(row, prefixes.get(row.identity_id) ?? '')) };
  });
}

/** A read runs without a person: to allow one is a decision made in advance. Throws FORBIDDEN. */
function assertMayClear({ caller }: Context, tools: readonly { access: string }[]): void {
  if (!caller.decides && tools.some(({ access }) => access === 'read'))
    throw new AppError('FORBIDDEN', 'This key cannot decide, so it cannot let agents call a tool without a person.');
}
