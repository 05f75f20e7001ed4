// Tools of an MCP server, called through @modelcontextprotocol/client 2.
import type { JsonObject } from '@proviso/contracts';
import type { CallToolResult, Client, Tool } from '@modelcontextprotocol/client';
import { describeGated, isRead, previewFor, type GateSet } from '../gate/gate-set.ts';
import { propose } from '../gate/propose.ts';
import { gatedForm, originalOf } from '../gate/tool.ts';
import type { HostedTool } from '../host/tool-host.ts';

/** The methods of a client that the gate offers. */
export type ToolClient = Pick<Client, 'listTools' | 'callTool'>;

/** The model's id of the call, in its `_meta`. */
export const CALL_ID = 'proviso/call-id';

export interface McpGate extends GateSet {
  /**
   * Whether `readOnlyHint` makes a tool that `access` does not name a read; false by default. A hint is the server's own
   * claim: set true only for servers that you run yourself.
   */
  trustHints?: boolean | undefined;
}

/** Gates a server's tools. A tool is a write unless `access` or a trusted hint says otherwise. */
export function gateClient(client: ToolClient, gate: McpGate): ToolClient {
  const isReadTool = (tool: Tool): boolean =>
    isRead(gate, tool.name) ||
    (!Object.hasOwn(gate.access ?? {}, tool.name) &&
      gate.trustHints === true &&
      tool.annotations?.readOnlyHint === true);

  const gated: ToolClient = {
    async listTools(params, options) {
      const { tools, ...rest } = await client.listTools(params, options);
      return { ...rest, tools: tools.map((tool) => (isReadTool(tool) ? tool : describe(tool))) };
    },
    async callTool(params, options) {
      const { tools } = await client.listTools();
      const tool = tools.find(({ name }) => name === params.name);
      if (tool && isReadTool(tool)) return client.callTool(params, options);
      const { _meta: { [CALL_ID]: callId } = {} } = params;
      const call = {
        toolName: params.name,
        input: (params.arguments ?? {}) as JsonObject,
        callId: typeof callId === 'string' ? callId : undefined,
        signal: options?.signal,
        source: params,
      };
      return resultOf(await propose(gate, call, previewFor(gate, params.name)));
    },
  };
  return gatedForm(gated, client);
}

/** Removes the tool's output schema, which an answer of the gate does not fit. */
function describe({ outputSchema: _, ...tool }: Tool): Tool {
  return { ...tool, description: describeGated(tool.description) };
}

/** An answer of the gate as the result of a call. */
export function resultOf(answer: object): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: { ...answer } };
}

/** The server's original tools, for `toolHost`. */
export async function hostTools(client: ToolClient): Promise<HostedTool[]> {
  const original = originalOf(client);
  const { tools } = await original.listTools();
  return tools.map(({ name }) => ({
    name,
    async execute(input: Record<string, unknown>) {
      return outputOf(await original.callTool({ name, arguments: input }));
    },
  }));
}

/** A tool's error may have come after its effect. */
export function outputOf({ isError, content, structuredContent }: CallToolResult): unknown {
  if (isError) throw new Error(`The tool answers an error: ${JSON.stringify(content)}`);
  return structuredContent ?? { content };
}
