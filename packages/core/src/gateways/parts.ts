import type { CreateGatewayBody } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import { invalid } from '../platform/errors.ts';
import { parseId } from '../platform/ids.ts';

interface ServerPart {
  identity_id: string;
  prefix: string;
}

/** The servers that a body names, by their UUIDs. Throws INVALID for one that is not an `mcp` identity here. */
export async function serversOf(ctx: Context, servers: CreateGatewayBody['servers']): Promise<ServerPart[]> {
  const parts = servers.map(({ identity_id, prefix = '' }) => ({
    identity_id: parseId('identity', identity_id) ?? '',
    prefix,
  }));
  const ids = parts.map(({ identity_id }) => identity_id).filter((id) => id !== '');
  const where = { id: { in: ids }, workspace_id: ctx.caller.workspaceId, deleted_at: null };
  const found = new Map((await ctx.db.tables.identities.findMany({ where })).map((row) => [row.id, row.provider]));
  for (const [place, { identity_id }] of parts.entries()) {
    const path = `servers.${place}.identity_id`;
    const provider = found.get(identity_id);
    if (provider === undefined) throw invalid(path, 'is not an identity in this workspace');
    if (provider !== 'mcp') throw invalid(path, `is a ${provider} identity, but a gateway needs mcp`);
    if (parts.findIndex((one) => one.identity_id === identity_id) !== place)
      throw invalid(path, 'is named twice: name each server once');
  }
  return parts;
}

/** The agents that a body names, by their UUIDs. Throws INVALID for one that is not in the workspace. */
export async function agentsOf(ctx: Context, agentIds: readonly string[]): Promise<string[]> {
  const ids = agentIds.map((id) => parseId('agent', id) ?? '');
  const where = { id: { in: ids.filter((id) => id !== '') }, workspace_id: ctx.caller.workspaceId };
  const found = new Set((await ctx.db.tables.agents.findMany({ where, select: { id: true } })).map(({ id }) => id));
  const unknown = ids.findIndex((id) => !found.has(id));
  if (unknown !== -1) throw invalid(`agent_ids.${unknown}`, 'is not an agent in this workspace');
  return [...new Set(ids)];
}
