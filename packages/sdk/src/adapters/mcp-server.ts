// Tools of an MCP server, with @modelcontextprotocol/server 2.
import type { JsonObject } from '@proviso/contracts';
import type { CallToolResult, McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server';
import { describeGated, isRead, previewFor, type GateSet } from '../gate/gate-set.ts';
import { propose } from '../gate/propose.ts';
import type { HostedTool } from '../host/tool-host.ts';
import { CALL_ID, outputOf, resultOf } from './mcp.ts';
import { validate } from './validate.ts';

type Registering = Pick<McpServer, 'registerTool'>;

export interface GatedServer extends Registering {
  /** The original writes, for `toolHost`. They run outside any request, with `hostedContext` as their context. */
  hosted: HostedTool[];
}

export interface ServerGate extends GateSet {
  /** The context of a hosted handler: an approved call has no request. */
  hostedContext?: ServerContext | undefined;
}

interface Config {
  description?: string;
  inputSchema?: object;
  outputSchema?: object;
  annotations?: ToolAnnotations;
}
type Context = ServerContext | undefined;
type Handler = (...given: [input: unknown, context?: Context] | [context?: Context]) => unknown;
type Register = (name: string, config: Config, handler: Handler) => unknown;

/**
 * Registers tools of the server behind the gate. A tool without `readOnlyHint`, or one that `access` calls a write,
 * becomes a proposal. Throws TypeError for a write whose handler takes a context if `hostedContext` is not given.
 */
export function gateServer(server: Registering, gate: ServerGate): GatedServer {
  const hosted: HostedTool[] = [];
  const register = server.registerTool.bind(server) as unknown as Register;

  const registerTool: Register = (name, config, handler) => {
    const { outputSchema: _, inputSchema, ...shown } = config;
    const named = Object.hasOwn(gate.access ?? {}, name);
    if (named ? isRead(gate, name) : config.annotations?.readOnlyHint) return register(name, config, handler);
    if (!('hostedContext' in gate) && handler.length > (inputSchema ? 1 : 0))
      throw new TypeError(
        `${name} takes a context, which an approved call does not have. Pass one: gateServer(server, { hostedContext }).`,
      );
    const original = { inputSchema, handler, context: gate.hostedContext };
    hosted.push({ name, execute: (input: unknown) => runOriginal(original, input) });

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

interface Original {
  inputSchema: object | undefined;
  handler: Handler;
  context: ServerContext | undefined;
}

async function runOriginal({ inputSchema, handler, context }: Original, input: unknown): Promise<unknown> {
  const result = inputSchema ? await handler(await validate(inputSchema, input), context) : await handler(context);
  return outputOf(result as CallToolResult);
}
