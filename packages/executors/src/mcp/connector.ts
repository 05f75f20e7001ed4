// How gateways use a server: the same session, egress and masking as an approved call. Held by apps/api/test/gateway-poison.test.ts.
import { ProtocolError, type Client } from '@modelcontextprotocol/client';
import { mcpConfig, mcpCredentials, type JsonObject, type JsonValue } from '@proviso/contracts';
import {
  AppError,
  invalid,
  type McpConnection,
  type McpConnector,
  type McpReadMethod,
  type McpTool,
  type McpToolList,
} from '@proviso/core/executor';
import { egressErrorIn } from '../egress/error.ts';
import { maskOf, type Mask } from '../masking.ts';
import { oneLine } from '../one-line.ts';
import type { ExecutorSettings } from '../settings.ts';
import { createIdleSessions, type IdleSessions } from './idle-sessions.ts';
import { definitionOf, SCHEMA_BYTES_MAX, type Definition } from './read-tool.ts';
import { semanticsOf } from './semantics.ts';
import {
  asLoginRefused,
  LoginRefused,
  openSession,
  type CallResult,
  type McpAccount,
  type McpSession,
  type OpenSession,
  type ServerTool,
} from './session.ts';

/** A tool's words and schemas in a catalogue, in bytes of JSON. */
const DEFINITION_BYTES_MAX = 2 * SCHEMA_BYTES_MAX;
const TOOLS_MAX = 1_000;
const NAME_CHARS_MAX = 128;

export function mcpConnector(settings: ExecutorSettings = {}): McpConnector {
  const idle = createIdleSessions();
  return {
    async connect(account, work) {
      const config = mcpConfig.safeParse(account.config);
      const credentials = account.credentials === null ? null : mcpCredentials.safeParse(account.credentials);
      if (!config.success || credentials?.success === false)
        throw invalid('identity_id', 'has no valid configuration: set it again');
      const opened = { config: config.data, credentials: credentials?.data ?? null, settings, signal: account.signal };
      // Of the account, too: other credentials never use a session that these have opened.
      const { sharedBy } = account;
      const key = sharedBy && JSON.stringify([sharedBy, account.config, account.credentials]);
      const kept = key === undefined ? undefined : idle.take(key);
      kept?.begin(account.signal);
      const use = { idle, key, mask: maskOf(opened.credentials), work };
      try {
        return await (kept
          ? useIn(kept, use).catch((error) => useAgain(kept, { opened, use, error }))
          : useNew(opened, use));
      } catch (error) {
        throw error instanceof AppError ? error : failureOf(error, use.mask);
      }
    },
    close: () => idle.close(),
  };
}

interface Use<T> {
  idle: IdleSessions;
  /** Undefined: the session ends with this use. */
  key: string | undefined;
  mask: Mask;
  work: (connection: McpConnection) => Promise<T>;
}

const useNew = async <T>(account: McpAccount, use: Use<T>): Promise<T> => useIn(await openSession(account), use);

/** A session that broke while it waited is replaced, unless the request may have reached the server. */
function useAgain<T>(kept: OpenSession, { opened, use, error }: { opened: McpAccount; use: Use<T>; error: unknown }) {
  if (error instanceof AppError || !kept.isUntouched() || opened.signal.aborted) throw error;
  return useNew(opened, use);
}

/** Keeps the session if the server answered as it should. */
async function useIn<T>(session: OpenSession, { idle, key, mask, work }: Use<T>): Promise<T> {
  let isSound = false;
  try {
    const result = await work(connectionOf(session, mask));
    isSound = true;
    return result;
  } catch (error) {
    isSound = error instanceof ProtocolError;
    throw asLoginRefused(session, error);
  } finally {
    if (isSound && key !== undefined) idle.keep(key, session);
    else await session.close();
  }
}

function connectionOf(session: McpSession, mask: Mask): McpConnection {
  let listed: ServerTool[] | undefined;
  return {
    capabilities: JSON.parse(JSON.stringify(session.capabilities)) as JsonObject,
    listTools: async () => {
      if (!session.capabilities.tools) return { tools: [], omitted: [] };
      listed = await session.listTools();
      return toolList(listed, [...session.invalidTools().keys()]);
    },
    callTool: async (name, given) => {
      const tool = listed?.find((one) => one.name === name) ?? { name, inputSchema: { type: 'object' as const } };
      return resultOf(await session.call(tool, { name, arguments: given }), mask);
    },
    read: async (method, params) => {
      const answer = await session.read((client, options) => READS[method](client, params, options));
      return mask.value(JSON.parse(JSON.stringify(answer)) as JsonValue) as JsonObject;
    },
  };
}

function toolList(tools: readonly ServerTool[], invalidNames: readonly string[]): McpToolList {
  const omitted = [...invalidNames, ...tools.slice(TOOLS_MAX).map(({ name }) => name)];
  const kept = new Map<string, McpTool>();
  for (const tool of tools.slice(0, TOOLS_MAX)) {
    const read = toolOf(tool);
    if (read && !kept.has(tool.name)) kept.set(tool.name, read);
    else omitted.push(tool.name);
  }
  const byName = (one: McpTool, other: McpTool): number => (one.name < other.name ? -1 : 1);
  return { tools: [...kept.values()].toSorted(byName), omitted };
}

function toolOf(tool: ServerTool): McpTool | undefined {
  if (tool.name.length > NAME_CHARS_MAX || tool.name.length === 0) return undefined;
  try {
    const output = tool.outputSchema ? { output_schema: tool.outputSchema } : {};
    const definition = { ...definitionOf(tool), ...(JSON.parse(JSON.stringify(output)) as JsonObject) };
    if (Buffer.byteLength(JSON.stringify(definition)) > DEFINITION_BYTES_MAX) return undefined;
    const semantics = { ...semanticsOf(definition as Definition), output_schema: definition.output_schema ?? null };
    return { name: tool.name, definition, semantics };
  } catch (error) {
    if (error instanceof AppError) return undefined; // nested too deeply
    throw error;
  }
}

/** A tool that asks for input gets none: nobody is there to answer for the agent. */
function resultOf(answer: CallResult, mask: Mask): JsonObject {
  if (answer.resultType === 'input_required')
    throw new AppError(
      'INVALID',
      'The tool asked for input, which a gateway does not pass on. Give it in the arguments.',
    );
  const { content, structuredContent, isError } = answer;
  const result = {
    content,
    ...(structuredContent !== undefined && { structuredContent }),
    ...(isError === true && { isError }),
  };
  return mask.value(JSON.parse(JSON.stringify(result)) as JsonValue) as JsonObject;
}

type Limits = Parameters<Client['listResources']>[1];

const READS: Record<McpReadMethod, (client: Client, params: JsonObject, limits: Limits) => Promise<object>> = {
  'resources/list': (client, _params, limits) => client.listResources({}, limits),
  'resources/templates/list': (client, _params, limits) => client.listResourceTemplates({}, limits),
  'resources/read': (client, params, limits) => client.readResource(params as { uri: string }, limits),
  'prompts/list': (client, _params, limits) => client.listPrompts({}, limits),
  'prompts/get': (client, params, limits) => client.getPrompt(params as { name: string }, limits),
};

function failureOf(error: unknown, mask: Mask): AppError {
  const fault = egressErrorIn(error);
  if (error instanceof LoginRefused)
    return new AppError(
      'UNAVAILABLE',
      'The MCP server refuses the identity’s credentials. Ask an admin to set them again.',
    );
  if (fault?.reason === 'forbidden') return new AppError('UNAVAILABLE', fault.message);
  if (fault?.reason === 'too_large')
    return new AppError('UNAVAILABLE', `The MCP server’s answer is too large. ${fault.message}`);
  if (error instanceof ProtocolError)
    return new AppError('INVALID', `The MCP server refused it: ${oneLine(mask.text(error.message))}`);
  return new AppError('UNAVAILABLE', 'The MCP server did not answer as it should. Try again later.');
}
