import type { JsonObject } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import type { ActionRow } from '../action/row.ts';
import { hashJson } from '../platform/canonical.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { withServer } from './catalogue.ts';
import { findOfferedTool, type FoundTool } from './offered-tools.ts';
import { authorizeGatewayUse, type AgentGateway } from './open-for-agent.ts';
import { proposeCall } from './propose-call.ts';
import { recordRead } from './record-read.ts';

export interface ToolCall {
  name: string;
  given: JsonObject;
  /** The caller's own key: calls with different keys are different calls. */
  callKey: string | null;
}

export type CalledTool = { kind: 'read'; result: JsonObject } | { kind: 'write'; action: ActionRow };

/** Passes a read through, and makes a write an action. Throws NOT_FOUND for a tool that the agent may not call. */
export async function callGatewayTool(ctx: Context, gateway: AgentGateway, call: ToolCall): Promise<CalledTool> {
  authorizeGatewayUse(ctx);
  const found = await findOfferedTool(ctx, gateway, call.name);
  if (!found) throw notFound('tool');
  const result = found.access === 'read' ? await readThrough(ctx, gateway, found, call.given) : undefined;
  if (result) return { kind: 'read', result };
  return { kind: 'write', action: await proposeCall(ctx, gateway, { row: found.row, ...call }) };
}

/** Undefined: the tool no longer means what a person reviewed, so this call is a write. */
async function readThrough(
  ctx: Context,
  gateway: AgentGateway,
  { row }: FoundTool,
  given: JsonObject,
): Promise<JsonObject | undefined> {
  const server = gateway.servers.find(({ identity_id }) => identity_id === row.identity_id);
  if (!server) throw notFound('tool');
  await assertNotPaused(ctx, gateway);
  const request = { identityId: row.identity_id, method: 'tools/call', name: row.name, given } as const;
  return recordRead(ctx, gateway, request, () =>
    withServer(ctx, { server, limitMs: ctx.timings.gatewayReadMs, agentId: gateway.agentId }, async (connection) => {
      const { tools } = await connection.listTools();
      const tool = tools.find(({ name }) => name === row.name);
      if (!tool || hashJson(tool.semantics) !== row.reviewed_semantics_hash) return undefined;
      return connection.callTool(row.name, given);
    }),
  );
}

/** A pause stops what an agent does at its servers, reads too. Throws UNAVAILABLE. */
export async function assertNotPaused({ db }: Context, { workspace_id, agentId }: AgentGateway): Promise<void> {
  const paused = await db.tables.pauses.findFirst({
    where: {
      AND: [
        { OR: [{ workspace_id }, { workspace_id: null }] },
        { OR: [{ agent_id: agentId }, { agent_id: null }] },
        { OR: [{ type: 'mcp_tool_call' }, { type: null }] },
      ],
    },
  });
  if (paused) throw new AppError('UNAVAILABLE', 'This is paused. Try again when a person has resumed it.');
}
