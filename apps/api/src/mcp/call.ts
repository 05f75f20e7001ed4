import { isTerminal, type JsonObject } from '@proviso/contracts';
import { AppError, callGatewayTool, type ActionRow } from '@proviso/core';
import {
  CLIENT_CAPABILITIES_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type JSONRPCRequest,
  type Result,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { asAppError } from '../errors.ts';
import { endedResult, resultOf, stateText } from './action-result.ts';
import { OWN_TOOLS } from './own-tools.ts';
import { asProtocolError, inCallSlot, type McpSession } from './session.ts';
import { task2025, task2026 } from './tasks.ts';
import { tellWhenDelivered, waitForEnd } from './wait.ts';

/** The extension of 2026-07-28. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** In `_meta` of a call: calls with different keys are different calls, whatever their arguments. */
const CALL_KEY = 'proviso.dev/call-key';

const callParams = z.looseObject({
  name: z.string().min(1).max(200),
  arguments: z.record(z.string(), z.unknown()).default({}),
  /** Of 2025-11-25: the client wants a task. */
  task: z.looseObject({}).optional(),
  _meta: z.looseObject({ [CALL_KEY]: z.string().max(200).optional() }).optional(),
});

/** tools/call: a read is passed through; a write is a task where the client speaks tasks, else it waits for a while. */
export async function callTool(session: McpSession, request: JSONRPCRequest, context: ServerContext): Promise<Result> {
  const parsed = callParams.safeParse(request.params);
  if (!parsed.success) throw new ProtocolError(ProtocolErrorCode.InvalidParams, z.prettifyError(parsed.error));
  const { name, arguments: given, task, _meta } = parsed.data;
  try {
    const own = OWN_TOOLS.find(({ tool }) => tool.name === name);
    if (own) return await own.call(session, given);
    const call = { name, given: given as JsonObject, callKey: _meta?.[CALL_KEY] ?? null };
    const called = await inCallSlot(session, () => callGatewayTool(session.ctx, session.gateway, call));
    if (called.kind === 'read') return called.result;
    const { action } = called;
    if (task) return { task: task2025(action) };
    if (speaksTasks(context)) return taskOrResult(session, action);
    const row = await waitForEnd(session, action, progressOf(context));
    tellWhenDelivered(session, row);
    return resultOf(row);
  } catch (error) {
    return refusalOf(session, error, name);
  }
}

/** The twin of a call that has ended already needs no task. */
function taskOrResult(session: McpSession, action: ActionRow): Result {
  if (!isTerminal(action.status)) return { resultType: 'task', ...task2026(action) };
  tellWhenDelivered(session, action);
  return endedResult(action);
}

/** Whether the client of a 2026 request declares the extension, which it does on each request. */
export function speaksTasks({ mcpReq }: ServerContext): boolean {
  const capabilities = (mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
  const { extensions } = (capabilities ?? {}) as { extensions?: Record<string, unknown> };
  return extensions !== undefined && Object.hasOwn(extensions, TASKS_EXTENSION);
}

function progressOf({ mcpReq }: ServerContext): ((row: ActionRow) => Promise<void>) | undefined {
  const { _meta: { progressToken } = {} } = mcpReq;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return async (row) => {
    progress += 1;
    const params = { progressToken, progress, message: stateText(row) };
    await mcpReq.notify({ method: 'notifications/progress', params });
  };
}

/** What the model can do something about is the tool's result; an unknown tool and our own faults are the protocol's. */
function refusalOf(session: McpSession, thrown: unknown, name: string): CallToolResult {
  const error = asAppError(thrown);
  if (thrown instanceof ProtocolError || error.code === 'INTERNAL' || error.code === 'UNAUTHENTICATED')
    throw asProtocolError(session, thrown);
  if (error instanceof AppError && error.code === 'NOT_FOUND' && error.message === NO_TOOL)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${name}`);
  return { content: [{ type: 'text', text: error.message }], isError: true };
}

const NO_TOOL = 'There is no such tool.';
