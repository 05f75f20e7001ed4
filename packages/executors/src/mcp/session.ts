// One connection to a server for one purpose at a time. It records what was sent instead of guessing from the library's
// errors, and sends a tools/call once whatever the library would repeat. Held by mcp-tool-call.test.ts.
import {
  Client,
  StreamableHTTPClientTransport,
  type InputRequiredResult,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { McpConfig, McpCredentials } from '@proviso/contracts';
import { EgressError } from '../egress/error.ts';
import { openEgress } from '../egress/fetch.ts';
import { readAnswer, toResponse, type HttpAnswer } from '../http/answer.ts';
import { maskOf } from '../masking.ts';
import type { ExecutorSettings } from '../settings.ts';
import { dropInvalidTools, type InvalidTools } from './invalid-tools.ts';

/** The library requires a limit; only the signal counts. */
const NO_LIMIT_MS = 2 ** 31 - 1;
const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;
const PAGES_MAX = 20;
const CLOSE_MS_MAX = 1_000;
/** How long after the end of an answer's stream a missing answer counts as lost. */
const ENDED_MS = 250;

export interface McpAccount {
  config: McpConfig;
  credentials: McpCredentials | null;
  settings: ExecutorSettings;
  signal: AbortSignal;
}

interface CallRequest {
  name: string;
  arguments: Record<string, unknown>;
  /** For servers that de-duplicate by it. */
  key?: string;
}

export type ServerTool = Awaited<ReturnType<Client['listTools']>>['tools'][number];
export type CallResult = Awaited<ReturnType<Client['callTool']>> | InputRequiredResult;

type ServerCapabilities = NonNullable<ReturnType<Client['getServerCapabilities']>>;

export interface McpSession {
  /** The server's own name and version. */
  server: { name: string; version: string } | undefined;
  capabilities: ServerCapabilities;
  /** Without invalid tools, which `invalidTools` returns. */
  listTools(): Promise<ServerTool[]>;
  invalidTools(): InvalidTools;
  call(tool: ServerTool, request: CallRequest): Promise<CallResult>;
  /** Sends requests that change nothing, such as a list of resources. */
  read<T>(work: (client: Client, options: RequestLimits) => Promise<T>): Promise<T>;
  /** A call may have been sent. */
  sent(): boolean;
  /** The answer to the last request over HTTP; for one that succeeded, only its status. */
  answer(): HttpAnswer | undefined;
}

/** The server refuses the identity's credentials; nothing was called. */
export class LoginRefused extends Error {
  constructor(status: number, cause: unknown) {
    super(`the MCP server refuses the credentials (HTTP ${status})`, { cause });
  }
}

/** A session that outlives its first purpose. */
export interface OpenSession extends McpSession {
  /** The next purpose, with its limit of time. */
  begin(signal: AbortSignal): void;
  /** False once the connection has ended. */
  isOpen(): boolean;
  /** Nothing but connections and lists have reached the server since `begin`, so it may begin again elsewhere. */
  isUntouched(): boolean;
  close(): Promise<void>;
}

/** Connects, works and always disconnects. Throws LoginRefused, else what the library throws. */
export async function inSession<T>(account: McpAccount, work: (session: McpSession) => Promise<T>): Promise<T> {
  const session = await openSession(account);
  try {
    return await work(session);
  } catch (error) {
    throw asLoginRefused(session, error);
  } finally {
    await session.close();
  }
}

/** The refusal of credentials that an error stands for, or the error. */
export function asLoginRefused(session: Pick<McpSession, 'sent' | 'answer'>, error: unknown): unknown {
  const { status } = session.answer() ?? {};
  return !session.sent() && (status === 401 || status === 403) ? new LoginRefused(status, error) : error;
}

/** Connects. The caller closes it. Throws LoginRefused, else what the library throws. */
export async function openSession(account: McpAccount): Promise<OpenSession> {
  const progress: Progress = { sent: false, asked: false, signal: account.signal };
  const odd: InvalidTools = new Map();
  const transport = transportOf(account, progress);
  const client = new Client(
    { name: 'Proviso', version: '0.1.0' },
    // A server's questions are not answered: an approved call has everything that it may have.
    {
      capabilities: {},
      listMaxPages: PAGES_MAX,
      inputRequired: { autoFulfill: false },
      versionNegotiation: { mode: 'auto' },
    },
  );
  // The client calls it before it parses a message.
  Object.assign(transport, { onmessage: (message: JSONRPCMessage) => dropInvalidTools(message, odd) });
  const request = trackTransport(transport, progress);
  let isOpen = true;
  Object.assign(client, { onclose: () => (isOpen = false) });
  const told = { sent: () => progress.sent, answer: () => progress.answer };
  try {
    await request((options) => client.connect(transport, options));
  } catch (error) {
    await close(client, transport);
    throw asLoginRefused(told, error);
  }
  return {
    ...told,
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities() ?? {},
    read: (ask) => request((options) => ask(client, options)),
    listTools: async () => (await request((options) => client.listTools({}, options))).tools,
    call: ({ outputSchema: _, ...tool }, { name, arguments: given, key }) => {
      const params = { name, arguments: given, ...(key !== undefined && { _meta: { [KEY]: key } }) };
      // Without its output schema: a result that does not fit the schema still happened.
      const more = { toolDefinition: tool, allowInputRequired: true };
      return request((options) => client.callTool(params, { ...options, ...more }) as Promise<CallResult>);
    },
    invalidTools: () => odd,
    begin: (signal) => {
      Object.assign(progress, { sent: false, asked: false, signal, answer: undefined });
      odd.clear();
    },
    isOpen: () => isOpen,
    // A server that does not know the session answers 404 and does nothing.
    isUntouched: () => !progress.asked || progress.answer?.status === 404,
    close: () => close(client, transport),
  };
}

/** The name of the key in `_meta`. */
const KEY = 'proviso.dev/idempotency-key';

interface Progress {
  sent: boolean;
  /** More than a list was asked for. */
  asked: boolean;
  /** Of the purpose in progress. */
  signal: AbortSignal;
  answer?: HttpAnswer | undefined;
}

const ASKING = new Set(['tools/call', 'resources/read', 'prompts/get']);

function transportOf({ config, credentials, settings }: McpAccount, progress: Progress): Transport {
  if (config.url === undefined) {
    const program = settings.mcpServers?.[config.server ?? ''];
    if (!program) throw new Error('the operator has not configured this server');
    const { command, args = [], env, cwd } = program;
    return new StdioClientTransport({
      command,
      args,
      stderr: 'ignore',
      maxBufferSize: RESPONSE_BYTES_MAX,
      ...(env && { env }),
      ...(cwd !== undefined && { cwd }),
    });
  }
  const egress = openEgress(settings, { bodyBytesMax: RESPONSE_BYTES_MAX });
  const { token, headers } = credentials ?? {};
  const mask = maskOf(credentials);
  return new StreamableHTTPClientTransport(new URL(config.url), {
    requestInit: { headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) } },
    // A broken stream is not resumed: its outcome is reported as unknown.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
    fetch: async (url, init) => {
      delete progress.answer;
      // The library's first request ignores all signals but its transport's. A session is always ended, and its stream
      // outlives the request that opened it.
      const ends = [init?.signal, init?.method === 'POST' ? progress.signal : undefined];
      const response = await egress(url, { ...init, signal: AbortSignal.any(ends.filter((each) => !!each)) });
      if (!response.ok) return toResponse((progress.answer = await readAnswer(response, mask)));
      progress.answer = { status: response.status, ok: true, headers: [], body: undefined, text: '' };
      return response;
    },
  });
}

/** Each request reaches the server: a list that the library keeps may no longer be true. */
type RequestLimits = { signal: AbortSignal; timeout: number; cacheMode: 'bypass' };

/** Records what is sent, and ends a request whose stream ended without an answer. */
function trackTransport(transport: Transport, progress: Progress) {
  let current = new AbortController();
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    const here = current;
    const isCall = 'method' in message && message.method === 'tools/call';
    if ('method' in message && ASKING.has(message.method)) progress.asked = true;
    if (isCall && progress.sent) throw new Error('the call was already sent');
    if (isCall) progress.sent = true;
    const onRequestStreamEnd = (): void => {
      setTimeout(() => here.abort(new Error('the answer broke off')), ENDED_MS).unref();
    };
    try {
      await send(message, { ...options, onRequestStreamEnd });
    } catch (error) {
      if (isCall && error instanceof EgressError && !error.sent) progress.sent = false;
      throw error;
    }
  };
  return <T>(work: (options: RequestLimits) => Promise<T>): Promise<T> => {
    current = new AbortController();
    const signal = AbortSignal.any([progress.signal, current.signal]);
    return work({ signal, timeout: NO_LIMIT_MS, cacheMode: 'bypass' });
  };
}

/** Ends the server's session, if any, and the connection. Takes a short time at most; nothing depends on it. */
async function close(client: Client, transport: Transport): Promise<void> {
  const ended = transport instanceof StreamableHTTPClientTransport ? transport.terminateSession() : Promise.resolve();
  const late = new Promise((resolve) => setTimeout(resolve, CLOSE_MS_MAX).unref());
  await Promise.race([ended.catch(() => undefined), late]);
  await client.close().catch(() => undefined);
}
