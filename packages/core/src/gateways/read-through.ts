import type { JsonObject } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { assertNotPaused } from './call-tool.ts';
import { withServer } from './catalogue.ts';
import { authorizeGatewayUse, type AgentGateway } from './open-for-agent.ts';
import { offeredName, type GatewayServer } from './present.ts';
import { recordRead } from './record-read.ts';

const LIST_MS_MAX = 15_000;

/** The address of a resource as agents see it: with several servers, the scheme says which one. */
const offeredUri = (prefix: string, uri: string): string => (prefix ? `${prefix}+${uri}` : uri);

const LISTS = {
  'resources/list': { plural: 'resources', capability: 'resources', field: 'uri', offered: offeredUri },
  'resources/templates/list': {
    plural: 'resourceTemplates',
    capability: 'resources',
    field: 'uriTemplate',
    offered: offeredUri,
  },
  'prompts/list': { plural: 'prompts', capability: 'prompts', field: 'name', offered: offeredName },
} as const;
export type GatewayList = keyof typeof LISTS;

/** What all servers list, in a stable order. A server that does not answer contributes nothing. */
export async function listThroughGateway(
  ctx: Context,
  gateway: AgentGateway,
  method: GatewayList,
): Promise<JsonObject[]> {
  authorizeGatewayUse(ctx);
  await assertNotPaused(ctx, gateway);
  const { plural, capability, field, offered } = LISTS[method];
  const lists = await Promise.all(
    gateway.servers.map(async (server) => {
      const ask = withServer<JsonObject>(
        ctx,
        { server, limitMs: LIST_MS_MAX, agentId: gateway.agentId },
        async (connection) => (connection.capabilities[capability] ? connection.read(method, {}) : {}),
      );
      const answer = await ask.catch((error: unknown): JsonObject => {
        if (error instanceof AppError) return {};
        throw error;
      });
      const items = (answer[plural] ?? []) as JsonObject[];
      return items.map((item) => {
        const name = offered(server.prefix, item[field] as string);
        return { name, item: { ...item, [field]: name } };
      });
    }),
  );
  const sorted = lists.flat().toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map(({ item }) => item);
}

/** The server that a name or an address belongs to, and what it is called there. Throws NOT_FOUND. */
function locate(
  { servers }: AgentGateway,
  what: 'resource' | 'prompt',
  given: string,
): { server: GatewayServer; name: string } {
  const offered = what === 'resource' ? offeredUri : offeredName;
  const server = servers.find(({ prefix }) => given.startsWith(offered(prefix, '')));
  if (!server) throw notFound(what);
  return { server, name: given.slice(offered(server.prefix, '').length) };
}

/** Reads a resource with the identity's credentials, and records it. */
export async function readGatewayResource(ctx: Context, gateway: AgentGateway, uri: string): Promise<JsonObject> {
  authorizeGatewayUse(ctx);
  const { server, name } = locate(gateway, 'resource', uri);
  await assertNotPaused(ctx, gateway);
  const request = { identityId: server.identity_id, method: 'resources/read', name, given: { uri: name } } as const;
  const result = await recordRead(ctx, gateway, request, () =>
    withServer(ctx, { server, limitMs: ctx.timings.gatewayReadMs, agentId: gateway.agentId }, (connection) =>
      connection.read('resources/read', { uri: name }),
    ),
  );
  const contents = (result.contents ?? []) as JsonObject[];
  return { contents: contents.map((one) => ({ ...one, uri: offeredUri(server.prefix, one.uri as string) })) };
}

/** Gets a prompt with the identity's credentials, and records it. */
export async function getGatewayPrompt(
  ctx: Context,
  gateway: AgentGateway,
  { prompt, given }: { prompt: string; given: JsonObject },
): Promise<JsonObject> {
  authorizeGatewayUse(ctx);
  const { server, name } = locate(gateway, 'prompt', prompt);
  await assertNotPaused(ctx, gateway);
  const request = { identityId: server.identity_id, method: 'prompts/get', name, given } as const;
  return recordRead(ctx, gateway, request, () =>
    withServer(ctx, { server, limitMs: ctx.timings.gatewayReadMs, agentId: gateway.agentId }, (connection) =>
      connection.read('prompts/get', { name, arguments: given }),
    ),
  );
}
