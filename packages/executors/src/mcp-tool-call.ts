import { mcpConfig } from '@proviso/contracts';
import { defineExecutor, type Executor } from '@proviso/core/executor';
import { mcpParams, type McpParams } from './mcp/params.ts';
import { isIdempotent, previewCall } from './mcp/preview.ts';
import type { CurrentTool } from './mcp/read-tool.ts';
import { semanticsOf } from './mcp/semantics.ts';
import type { ExecutorSettings } from './settings.ts';
import { inputs, told } from './summary-text.ts';

const KEY_LIFETIME_MS = 24 * 3_600_000;

/**
 * A call of an MCP tool, as its server defined the tool at the approval. What connects to servers is loaded with the
 * first call: the protocol's library would cost every process a fifth of its start.
 */
export const mcpToolCall = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<McpParams>({
    type: 'mcp_tool_call',
    version: 1,
    delivery: (params, identity) =>
      isIdempotent(params, mcpConfig.safeParse(identity?.config).data) ? 'idempotent' : 'at_most_once',
    keyLifetimeMs: KEY_LIFETIME_MS,
    identity: 'mcp',
    params: mcpParams,
    readCurrent: async (params, ctx) => (await import('./mcp/read-tool.ts')).readTool(params, ctx, settings),
    definition: (current: CurrentTool) => (current.definition ? semanticsOf(current.definition) : null),
    preview: (params, { identity, current }) => previewCall(params, identity, current), // the result of `readCurrent`
    summary: ({ tool, arguments: given }, { identity }) =>
      told(`Call ${tool} on ${identity?.name ?? 'an MCP server'}`, inputs(given)),
    execute: async (ctx) => (await import('./mcp/call-tool.ts')).callTool(ctx, settings),
  });
