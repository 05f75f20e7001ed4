// One connection to a server for one purpose. What left this machine is known here and not guessed from the library's
// errors, and a tools/call is sent once whatever the library would repeat. Held by mcp-tool-call.test.ts.
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
import { readAnswer, unreadAgain, type HttpAnswer } from '../http/answer.ts';
import { maskOf } from '../masking.ts';
import type { ExecutorSettings } from '../settings.ts';
import { leaveOddToolsOut, type OddTools } from './odd-tools.ts';

/** The library wants a limit of its own; the signal is the only one that counts. */
const NO_LIMIT_MS = 2 ** 31 - 1;
const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;
const PAGES_MAX = 20;
const CLOSE_MS_MAX = 1_000;
/** From the end of an answer's stream until a missing answer counts as lost. */
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

export interface McpSession {
  /** As the server calls itself. */
  server: { name: string; version: string } | undefined;
  /** Without those that are not as the protocol defines them: `oddTools` has them. */
  listTools(): Promise<ServerTool[]>;
  oddTools(): OddTools;
  call(tool: ServerTool, request: CallRequest): Promise<CallResult>;
  /** A call may have been let go. */
  sent(): boolean;
  /** To the last request over HTTP; of one that succeeded, its status alone. */
  answer(): HttpAnswer | undefined;
}

/** The server refuses the identity's credentials; nothing was called. */
export class LoginRefused extends Error {
  constructor(status: number, cause: unknown) {
    super(`the MCP server refuses the credentials (HTTP ${status})`, { cause });
  }
}

/** Connects, works and disconnects, whatever happens. Throws LoginRefused, and else what the library throws. */
export async function inSession<T>(account: McpAccount, work: (session: McpSession) => Promise<T>): Promise<T> {
  const progress: Progress = { sent: false };
  const odd: OddTools = new Map();
  const transport = transportOf(account, progress);
  const client = new Client(
    { name: 'Proviso', version: '0.1.0' },
    // Nobody answers a server's questions here: an approved call has all that it may have.
    {
      capabilities: {},
      listMaxPages: PAGES_MAX,
      inputRequired: { autoFulfill: false },
      versionNegotiation: { mode: 'auto' },
    },
  );
  // The client calls it before its own look at a message.
  Object.assign(transport, { onmessage: (message: JSONRPCMessage) => leaveOddToolsOut(message, odd) });
  const request = watched(transport, account.signal, progress);
  try {
    await request((options) => client.connect(transport, options));
    return await work({
      server: client.getServerVersion(),
      listTools: async () => (await request((options) => client.listTools({}, options))).tools,
      call: ({ outputSchema: _, ...tool }, { name, arguments: given, key }) => {
        const params = { name, arguments: given, ...(key !== undefined && { _meta: { [KEY]: key } }) };
        // Without its output schema: a result that does not fit it is still what happened.
        const more = { toolDefinition: tool, allowInputRequired: true };
        return request((options) => client.callTool(params, { ...options, ...more }) as Promise<CallResult>);
      },
      oddTools: () => odd,
      sent: () => progress.sent,
      answer: () => progress.answer,
    });
  } catch (error) {
    const { status } = progress.answer ?? {};
    throw !progress.sent && (status === 401 || status === 403) ? new LoginRefused(status, error) : error;
  } finally {
    await close(client, transport);
  }
}

/** Where the key stands in `_meta`. */
const KEY = 'proviso.dev/idempotency-key';

interface Progress {
  sent: boolean;
  answer?: HttpAnswer;
}

function transportOf({ config, credentials, settings, signal }: McpAccount, progress: Progress): Transport {
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
    // A stream that broke off is not taken up again: what is not known is said to be unknown.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
    fetch: async (url, init) => {
      delete progress.answer;
      // The library's first question heeds no signal but that of its transport. A session is ended all the same.
      const ends = [init?.signal, init?.method === 'DELETE' ? undefined : signal];
      const response = await egress(url, { ...init, signal: AbortSignal.any(ends.filter((each) => !!each)) });
      if (!response.ok) return unreadAgain((progress.answer = await readAnswer(response, mask)));
      progress.answer = { status: response.status, ok: true, headers: [], body: undefined, text: '' };
      return response;
    },
  });
}

type Options = { signal: AbortSignal; timeout: number };

/** Notes what is sent, and ends a request whose answer's stream ended without the answer. */
function watched(transport: Transport, signal: AbortSignal, progress: Progress) {
  let current = new AbortController();
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    const here = current;
    const isCall = 'method' in message && message.method === 'tools/call';
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
  return <T>(work: (options: Options) => Promise<T>): Promise<T> => {
    current = new AbortController();
    return work({ signal: AbortSignal.any([signal, current.signal]), timeout: NO_LIMIT_MS });
  };
}

/** Ends the server's session if it has one, and the connection; not for long, and nothing depends on it. */
async function close(client: Client, transport: Transport): Promise<void> {
  const ended = transport instanceof StreamableHTTPClientTransport ? transport.terminateSession() : Promise.resolve();
  const late = new Promise((resolve) => setTimeout(resolve, CLOSE_MS_MAX).unref());
  await Promise.race([ended.catch(() => undefined), late]);
  await client.close().catch(() => undefined);
}
