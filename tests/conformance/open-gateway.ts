import type { Gateway, GatewayTool, Identity } from '@proviso/contracts';
import { formatId } from '@proviso/core';
import { clientOf, type TestWorkspace } from '@proviso/testing';

type Send = ReturnType<typeof clientOf>;

/** A gateway before one server, for these agents; `reads` are reads, and the other tools are writes. */
export async function openGateway(
  api: { url: string },
  workspace: TestWorkspace,
  { server, agents, reads }: { server: object; agents: string[]; reads: (tool: string) => boolean },
): Promise<string> {
  const owner = clientOf(api.url, await workspace.token({}));
  const made = await send<{ identity: Identity }>(owner, '/v1/identities', {
    provider: 'mcp',
    name: 'Server',
    ...server,
  });
  const { identity_id } = made.identity;
  const agent_ids = [];
  for (const name of agents) agent_ids.push(formatId('agent', await workspace.agentId(name)));
  const body = { name: 'Server', servers: [{ identity_id }], agent_ids };
  const { gateway } = await send<{ gateway: Gateway }>(owner, '/v1/gateways', body);
  const id = gateway.gateway_id;
  const { tools } = (await owner<{ tools: GatewayTool[] }>('GET', `/v1/gateways/${id}/tools?limit=100`)).body;
  const reviews = tools
    .filter(({ name }) => reads(name))
    .map(({ name, definition_hash }) => ({ identity_id, name, definition_hash, access: 'read' }));
  await send(owner, `/v1/gateways/${id}/tools/review`, { tools: reviews });
  return id;
}

async function send<Body>(owner: Send, address: string, body: object): Promise<Body> {
  const reply = await owner<Body>('POST', address, body);
  if (reply.status >= 300) throw new Error(`${address}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}
