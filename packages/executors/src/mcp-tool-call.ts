import { mcpConfig } from '@proviso/contracts';
import { defineExecutor, refused, retry, type Executor, type Outcome, type RunContext } from '@proviso/core/executor';
import { egressErrorIn } from './egress/error.ts';
import { maskOf } from './masking.ts';
import { accountOf, readTool, type CurrentTool } from './mcp/read-tool.ts';
import { semanticsOf } from './mcp/semantics.ts';
import { failureOutcome, resultOutcome } from './mcp/outcome.ts';
import { mcpParams, type McpParams } from './mcp/params.ts';
import { isIdempotent, previewCall } from './mcp/preview.ts';
import { inSession, LoginRefused, type McpAccount, type McpSession } from './mcp/session.ts';
import type { ExecutorSettings } from './settings.ts';

const KEY_LIFETIME_MS = 24 * 3_600_000;

/** A call of an MCP tool, as its server defined the tool at the approval. */
export const mcpToolCall = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<McpParams>({
    type: 'mcp_tool_call',
    version: 1,
    delivery: (params, identity) =>
      isIdempotent(params, mcpConfig.safeParse(identity?.config).data) ? 'idempotent' : 'at_most_once',
    keyLifetimeMs: KEY_LIFETIME_MS,
    identity: 'mcp',
    params: mcpParams,
    readCurrent: (params, ctx) => readTool(params, ctx, settings),
    definition: (current: CurrentTool) => (current.definition ? semanticsOf(current.definition) : null),
    preview: (params, { identity, current }) => previewCall(params, identity, current), // the result of `readCurrent`

    async execute(ctx) {
      const { signal } = ctx;
      const account = accountOf(ctx.identity, ctx.credentials, { settings, signal });
      if (!account) return refused('The MCP identity has no valid configuration.');
      if (signal.aborted) return retry('Stopped before the call.', { undone: true });
      const run: Run = { account, ctx };
      try {
        return await inSession(account, (session) => callIn(session, run));
      } catch (error) {
        if (run.beginFailed) throw error;
        const fault = egressErrorIn(error);
        if (fault?.reason === 'forbidden') return refused(fault.message);
        if (error instanceof LoginRefused) return retry(`${error.message.replace('the', 'The')}.`, { undone: true });
        return retry('The tools of the MCP server cannot be listed.', { undone: true, unavailable: true });
      }
    },
  });

interface Run {
  account: McpAccount;
  ctx: RunContext<McpParams>;
  beginFailed?: true;
}

async function callIn(session: McpSession, run: Run): Promise<Outcome> {
  const { account, ctx } = run;
  const { params } = ctx.action;
  const tool = (await session.listTools()).find(({ name }) => name === params.tool);
  if (!tool) return retry('The MCP server no longer has this tool.', { undone: true });
  if (ctx.signal.aborted) return retry('Stopped before the call.', { undone: true });
  try {
    await ctx.begin();
  } catch (error) {
    run.beginFailed = true;
    throw error;
  }
  const mask = maskOf(account.credentials);
  const key = isIdempotent(params, account.config) && { key: ctx.key };
  try {
    return resultOutcome(await session.call(tool, { name: params.tool, arguments: params.arguments, ...key }), mask);
  } catch (error) {
    return failureOutcome(error, session, mask);
  }
}
