import { refused, retry, type Outcome, type RunContext } from '@proviso/core/executor';
import { egressErrorIn } from '../egress/error.ts';
import { maskOf } from '../masking.ts';
import type { ExecutorSettings } from '../settings.ts';
import { failureOutcome, resultOutcome } from './outcome.ts';
import type { McpParams } from './params.ts';
import { isIdempotent } from './preview.ts';
import { accountOf } from './read-tool.ts';
import { inSession, LoginRefused, type McpAccount, type McpSession } from './session.ts';

/** Calls the tool in a session of its own, and says what that did. */
export async function callTool(ctx: RunContext<McpParams>, settings: ExecutorSettings): Promise<Outcome> {
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
}

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
