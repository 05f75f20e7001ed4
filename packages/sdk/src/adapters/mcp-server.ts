// Tools that an MCP server offers, of @modelcontextprotocol/server 2.
import type { JsonObject } from '@proviso/contracts';
import type { CallToolResult, McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server';
import { describeGated, isRead, previewFor, type GateSet } from '../gate/gate-set.ts';
import { propose } from '../gate/propose.ts';
import type { HostedTool } from '../host/tool-host.ts';
import { CALL_ID, outputOf, resultOf } from './mcp.ts';
import { validated } from './validated.ts';

type Registering = Pick<McpServer, 'registerTool'>;

export interface GatedServer extends Registering {
  /** The writes themselves, for `toolHost`. They run outside any request: their context is undefined. */
  hosted: HostedTool[];
}

interface Config {
  description?: string;
  inputSchema?: object;
  outputSchema?: object;
  annotations?: ToolAnnotations;
}
type Handler = (...given: [input: unknown, context?: ServerContext] | [context?: ServerContext]) => unknown;
type Register = (name: string, config: Config, handler: Handler) => unknown;

/** Registers tools of the server behind the gate. A tool without `readOnlyHint`, or one that is named a write, proposes. */
export function gateServer(server: Registering, gate: GateSet): GatedServer {
  const hosted: HostedTool[] = [];
  const register = server.registerTool.bind(server) as unknown as Register;

  const registerTool: Register = (name, config, handler) => {
    const { outputSchema: _, inputSchema, ...shown } = config;
    const named = Object.hasOwn(gate.access ?? {}, name);
    if (named ? isRead(gate, name) : config.annotations?.readOnlyHint) return register(name, config, handler);
    hosted.push({ name, execute: (input: unknown) => runOriginal(inputSchema, handler, input) });

    const proposing: Handler = async (...given) => {
      const [input, context] = inputSchema ? given : [{}, given[0]];
      const source = context as ServerContext;
      const { _meta: { [CALL_ID]: id } = {}, signal } = source.mcpReq;
      const callId = typeof id === 'string' ? id : undefined;
      const call = { toolName: name, input: input as JsonObject, callId, signal, source };
      return resultOf(await propose(gate, call, previewFor(gate, name)));
    };
    const gated = { ...shown, ...(inputSchema && { inputSchema }), description: describeGated(config.description) };
    return register(name, gated, proposing);
  };

  return { registerTool: registerTool as unknown as Registering['registerTool'], hosted };
}

async function runOriginal(inputSchema: object | undefined, handler: Handler, input: unknown): Promise<unknown> {
  const result = inputSchema ? await handler(await validated(inputSchema, input)) : await handler();
  return outputOf(result as CallToolResult);
}
