import {
  createMcpHandler,
  ProtocolError,
  Server,
  type CallToolResult,
  type InputRequiredResult,
  type Tool,
} from '@modelcontextprotocol/server';
import type { JsonObject } from '@proviso/contracts';
import { startHttpFake, type FakeReply, type FakeRequest, type HttpFake } from './http-fake.ts';

export interface McpCall {
  tool: string;
  arguments: JsonObject;
  meta: JsonObject;
}

/** Arms faults by the JSON-RPC method, such as tools/call. */
export interface McpFake extends HttpFake {
  /** Its address: `url` with the path. */
  readonly address: string;
  /** In the order of arrival; a call is here before its reply is sent. */
  readonly calls: McpCall[];
  /** The tools that it offers; a test may change them. */
  readonly tools: Tool[];
  /** Invalid tools that it lists before them. */
  readonly invalidTools: unknown[];
  /** How the next calls end. One with `isError` has no effect, unless `acts`. */
  answer(result: McpEnding, options?: { acts: boolean }): void;
}

type McpEnding = CallToolResult | InputRequiredResult | ProtocolError;

export interface McpFakeOptions {
  token: string;
  /** Speaks the protocol before 2026. */
  legacy?: boolean;
  /** A call with a known key gets the first one's result, and has no second effect. */
  deduplicates?: boolean;
}

const KEY = 'proviso.dev/idempotency-key';

export const SEND_INVOICE: Tool = {
  name: 'send_invoice',
  title: 'Send an invoice',
  description: 'Sends an invoice to a customer.',
  inputSchema: {
    type: 'object',
    properties: { customer: { type: 'string' }, cents: { type: 'integer', minimum: 1 } },
    required: ['customer', 'cents'],
    additionalProperties: false,
  },
  annotations: { idempotentHint: true, readOnlyHint: true }, // a false claim, to be shown and not believed
};

/** A server built on the protocol's own library over HTTP, with faults and a token. */
export async function startMcpFake({ token, legacy, deduplicates }: McpFakeOptions): Promise<McpFake> {
  const calls: McpCall[] = [];
  const tools: Tool[] = [structuredClone(SEND_INVOICE)];
  const invalidTools: unknown[] = [];
  let ending: McpEnding | undefined;
  let acts = true;
  const known = new Set<string>();

  const call = (name: string, given: JsonObject, meta: JsonObject): Exclude<McpEnding, ProtocolError> => {
    if (ending instanceof ProtocolError) throw ending;
    const key = typeof meta[KEY] === 'string' ? meta[KEY] : undefined;
    const repeated = deduplicates && key !== undefined && known.has(key);
    if (acts && !repeated) calls.push({ tool: name, arguments: given, meta });
    if (key !== undefined) known.add(key);
    return ending ?? { content: [{ type: 'text', text: `Did ${name}` }], structuredContent: { number: calls.length } };
  };
  const answer: McpFake['answer'] = (result, options) => {
    ending = result;
    acts = options?.acts ?? !(result instanceof ProtocolError || result.isError || 'resultType' in result);
  };
  const serverOf = (): Server => {
    const server = new Server({ name: 'Billing', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({ tools }));
    server.setRequestHandler('tools/call', ({ params: { name, arguments: given = {}, _meta = {} } }) =>
      call(name, given as JsonObject, _meta as JsonObject),
    );
    return server;
  };
  const handler = createMcpHandler(serverOf, { keepAliveMs: 0 });

  const handle = async (request: FakeRequest): Promise<FakeReply> => {
    if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
    if (legacy && methodOf(request) === 'server/discover') return { status: 400, body: 'what?' };
    return replyOf(await handler.fetch(asRequest(request)), (text) => withInvalidTools(invalidTools, request, text));
  };
  const http = await startHttpFake({ handle, nameOf: methodOf, tooMany: { status: 429 } });
  const close = async (): Promise<void> => {
    await handler.close();
    await http.close();
  };
  return { ...http, close, address: `${http.url}/mcp`, calls, tools, invalidTools, answer };
}

function methodOf({ method, body }: FakeRequest): string {
  if (method !== 'POST') return method;
  return String((JSON.parse(body) as { method?: string }).method);
}

function asRequest({ method, path, headers, body }: FakeRequest): Request {
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return new Request(`http://fake.test${path}`, { method, headers: sent, ...(method === 'POST' && { body }) });
}

async function replyOf(response: Response, change: (text: string) => string): Promise<FakeReply> {
  const type = response.headers.get('content-type');
  const headers = type === null ? {} : { 'content-type': type };
  return { status: response.status, body: change(await response.text()), headers };
}

/** The library would refuse to send it, so it is added to the reply's text. */
function withInvalidTools(tools: unknown[], request: FakeRequest, text: string): string {
  if (methodOf(request) !== 'tools/list') return text;
  return text.replace('"tools":[', () => `"tools":[${tools.map((tool) => `${JSON.stringify(tool)},`).join('')}`);
}
