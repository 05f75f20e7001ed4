import { Client, StreamableHTTPClientTransport, type ClientOptions } from '@modelcontextprotocol/client';
import type { Action, GatewayTool, ToolAccess } from '@proviso/contracts';
import { execute, formatId } from '@proviso/core';
import { SEND_INVOICE, startMcpFake, type McpFake, type McpFakeOptions } from '@proviso/testing/providers/mcp';
import { uuidOf, type Api, type Client as ApiClient, type Tenant } from './test-api.ts';

const TOKEN = 'mcp-s3cret';
export const FIND = {
  name: 'find_invoice',
  description: 'Finds an invoice.',
  inputSchema: { type: 'object' as const, properties: { number: { type: 'integer' } } },
  annotations: { destructiveHint: true }, // a false claim, of no effect
};
export const SEND = { name: SEND_INVOICE.name, arguments: { customer: 'Acme', cents: 500 } };

/** A workspace with an agent, and a gateway before a server: `find_invoice` is a read. */
export interface GatewayHere extends Tenant {
  server: McpFake;
  gatewayId: string;
  identityUuid: string;
  agentToken: string;
  /** The API in this process, with a short wait for a person. */
  url: string;
  connect(options?: ConnectOptions): Promise<Client>;
  /** One JSON-RPC request without a library, to any api; the reply may be JSON or a stream. */
  rpc(message: object, headers?: Record<string, string>, at?: string): Promise<{ status: number; body: RpcBody }>;
  catalogue(): Promise<GatewayTool[]>;
  review(name: string, access: ToolAccess): Promise<void>;
  actions(): Promise<Action[]>;
  decide(action: Action, decision?: object): Promise<Action>;
  /** A client whose call of a write waits for a person. */
  queued(): Promise<{ client: Client; action: Action }>;
  run(action: Pick<Action, 'action_id'>): Promise<void>;
}

export interface RpcBody {
  result?: Record<string, unknown> & { content?: { type: string; text: string }[]; isError?: boolean };
  error?: { code: number; message: string; data?: unknown };
}

export interface ConnectOptions extends Omit<ClientOptions, 'versionNegotiation'> {
  era?: '2025' | '2026';
  token?: string;
  /** Another process of the API. */
  at?: string;
}

/** Opens it around one test; `close` comes with the test's end. */
export function useGateways(api: Api, { waitMs = 300 }: { waitMs?: number } = {}) {
  const ofTest: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of ofTest.splice(0).toReversed()) await close();
  });

  return async (options: Partial<McpFakeOptions> & { prefix?: string } = {}): Promise<GatewayHere> => {
    const url = await api.another({}, { gateways: { waitMs } });
    const server = await startMcpFake({ token: TOKEN, ...options });
    ofTest.push(() => server.close());
    server.tools.push(structuredClone(FIND));
    const here = await api.tenant();
    const identityUuid = await here.identity('mcp', { url: server.address }, { token: TOKEN });
    const botId = formatId('agent', await here.agentId('bot'));
    const servers = [{ identity_id: formatId('identity', identityUuid), prefix: options.prefix }];
    const made = await here.owner.post('/v1/gateways', { name: 'Billing', servers, agent_ids: [botId] });
    const gatewayId = made.body.gateway.gateway_id;
    const agentToken = await here.token({ agent: 'bot' });
    const addressAt = (base: string): string => `${base}/mcp/${gatewayId}`;
    const connect = connectTo(`/mcp/${gatewayId}`, { url, agentToken }, ofTest);
    const own = over(api, here.owner, gatewayId);
    const opened: GatewayHere = {
      ...here,
      server,
      gatewayId,
      identityUuid,
      agentToken,
      url,
      connect,
      queued: async () => {
        const client = await connect();
        await client.callTool(SEND);
        const [action] = await own.actions();
        if (!action) throw new Error('the call is not queued');
        return { client, action };
      },
      rpc: (message, headers, at = url) => sendRpc(addressAt(at), agentToken, message, headers),
      ...own,
    };
    await opened.review('find_invoice', 'read');
    return opened;
  };
}

const connectTo =
  (path: string, { url, agentToken }: Pick<GatewayHere, 'url' | 'agentToken'>, closing: (() => Promise<void>)[]) =>
  async ({ era = '2026', token = agentToken, at = url, ...options }: ConnectOptions = {}): Promise<Client> => {
    const mode = era === '2025' ? 'legacy' : { pin: '2026-07-28' };
    const client = new Client({ name: 'Ada', version: '1' }, { ...options, versionNegotiation: { mode } });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(path, at), { requestInit }));
    closing.push(() => client.close());
    return client;
  };

async function sendRpc(
  address: string,
  token: string,
  message: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: RpcBody }> {
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
  });
  const text = await response.text();
  const data = text.split('\n').findLast((line) => line.startsWith('data: {'));
  return { status: response.status, body: JSON.parse(data?.slice('data: '.length) ?? (text || '{}')) as RpcBody };
}

function over(api: Api, owner: ApiClient, id: string) {
  const catalogue = async (): Promise<GatewayTool[]> => (await owner.get(`/v1/gateways/${id}/tools`)).body.tools;
  return {
    catalogue,
    review: async (name: string, access: ToolAccess): Promise<void> => {
      const tool = (await catalogue()).find((one) => one.name === name);
      if (!tool) throw new Error(`${name} is not in the catalogue`);
      const { identity_id, definition_hash } = tool;
      const tools = [{ identity_id, name, definition_hash, access }];
      const { status, text } = await owner.post(`/v1/gateways/${id}/tools/review`, { tools });
      if (status !== 200) throw new Error(`not reviewed: ${text}`);
    },
    actions: async (): Promise<Action[]> => (await owner.get('/v1/actions', { type: 'mcp_tool_call' })).body.actions,
    decide: async ({ action_id, params_hash }: Action, decision: object = { action: 'approve' }): Promise<Action> => {
      const body = { ...decision, params_hash };
      const { status, body: reply, text } = await owner.post(`/v1/actions/${action_id}/approve`, body);
      if (status !== 200) throw new Error(`not decided: ${text}`);
      return reply.action;
    },
    run: async ({ action_id }: Pick<Action, 'action_id'>): Promise<void> => {
      await execute(api.world.worker(), uuidOf(action_id));
    },
  };
}

/** What 2026-07-28 wants in each request. */
const envelope = (capabilities: object = {}) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'Ada', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});
export const WITH_TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

/** A request of 2026-07-28 with its headers. */
export function modern(method: string, params: Record<string, unknown> = {}, capabilities: object = {}) {
  const name = params.name ?? params.uri ?? params.taskId;
  return [
    { method, params: { ...params, _meta: envelope(capabilities) } },
    {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
  ] as const;
}

/** How the agent asks what became of its call. */
export const resultOf = (client: Client, { action_id }: Action): ReturnType<Client['callTool']> =>
  client.callTool({ name: 'proviso_get_action', arguments: { action_id } });

export const textOf = (result: { content?: unknown }): string =>
  (result.content as { text?: string }[]).map(({ text = '' }) => text).join('\n');
