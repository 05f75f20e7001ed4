import {
  TOOL_ACCESS,
  type Actor,
  type Gateway,
  type GatewayRead,
  type GatewayTool,
  type JsonObject,
  type ToolAccess,
} from '@proviso/contracts';
import type { gateway_agents, gateway_reads, gateway_servers, gateway_tools, gateways } from '../generated/client.ts';
import { hashJson } from '../platform/canonical.ts';
import { formatId } from '../platform/ids.ts';

/** What every read of a gateway includes, in a stable order. */
export const WITH_PARTS = {
  servers: {
    include: { identity: { select: { name: true, status: true, config: true, deleted_at: true } } },
    orderBy: { prefix: 'asc' },
  },
  agents: { orderBy: { agent_id: 'asc' } },
} as const;

export type GatewayServer = gateway_servers & {
  identity: { name: string; status: string; config: unknown; deleted_at: Date | null };
};
export type GatewayRow = gateways & { servers: GatewayServer[]; agents: gateway_agents[] };

export const presentGateway = (row: GatewayRow): Gateway => ({
  gateway_id: formatId('gateway', row.id),
  name: row.name,
  servers: row.servers.map((server) => ({
    identity_id: formatId('identity', server.identity_id),
    identity_name: server.identity.name,
    prefix: server.prefix || null,
    listed_at: server.listed_at?.toISOString() ?? null,
    failure: server.failure,
  })),
  agent_ids: row.agents.map(({ agent_id }) => formatId('agent', agent_id)),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** The name of a server's tool, resource or prompt as agents see it. */
export const offeredName = (prefix: string, name: string): string => (prefix ? `${prefix}__${name}` : name);

/** How a tool differs from what a person reviewed; null = it does not. */
function changeOf(row: gateway_tools): GatewayTool['change'] {
  if (row.removed_at) return 'removed';
  if (row.reviewed_definition === null) return 'new';
  if (row.semantics_hash !== row.reviewed_semantics_hash) return 'changed';
  return hashJson(row.reviewed_definition as JsonObject) === row.definition_hash ? null : 'reworded';
}

/** What holds now: a tool is a read only as long as it means what the reviewer saw. */
export function effectiveAccess(row: gateway_tools): ToolAccess {
  if (row.access === 'read') return row.semantics_hash === row.reviewed_semantics_hash ? 'read' : 'write';
  return TOOL_ACCESS.find((access) => access === row.access) ?? 'write';
}

const suggestedAccess = ({ definition }: gateway_tools): ToolAccess => {
  const { annotations } = definition as { annotations?: { readOnlyHint?: unknown } };
  return annotations?.readOnlyHint === true ? 'read' : 'write';
};

export const presentTool = (row: gateway_tools, prefix: string): GatewayTool => ({
  identity_id: formatId('identity', row.identity_id),
  name: row.name,
  offered_as: offeredName(prefix, row.name),
  access: row.access as ToolAccess,
  effective_access: effectiveAccess(row),
  suggested_access: suggestedAccess(row),
  change: changeOf(row),
  definition: row.definition as JsonObject,
  definition_hash: row.definition_hash,
  reviewed_definition: row.reviewed_definition as JsonObject | null,
  reviewed_by: row.reviewed_by as Actor | null,
  reviewed_at: row.reviewed_at?.toISOString() ?? null,
});

export const presentRead = (row: gateway_reads): GatewayRead => ({
  agent_id: formatId('agent', row.agent_id),
  identity_id: formatId('identity', row.identity_id),
  method: row.method,
  name: row.name,
  arguments_hash: row.arguments_hash,
  outcome: row.outcome as GatewayRead['outcome'],
  message: row.message,
  duration_ms: row.duration_ms,
  created_at: row.created_at.toISOString(),
});
