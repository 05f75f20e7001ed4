// The protocol's methods over a gateway, in both eras: 2025-11-25, and 2026-07-28 without a handshake. One server
// serves one request, so any process serves any of them. Held by apps/api/test/gateway-calls.test.ts.
import {
  cancelAction,
  getGatewayPrompt,
  listActions,
  listOfferedTools,
  listThroughGateway,
  readGatewayResource,
  type OfferedTool,
} from '@proviso/core';
import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  RELATED_TASK_META_KEY,
  Server,
  type Prompt,
  type Resource,
  type ResourceTemplateType,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import { isTerminal } from '@proviso/contracts';
import { z } from 'zod';
import { endedResult } from './action-result.ts';
import { callTool, speaksTasks, TASKS_EXTENSION } from './call.ts';
import { OWN_TOOLS } from './own-tools.ts';
import { asProtocolError, type McpSession } from './session.ts';
import { detailedTask2026, getOwnCall, isTooLate, task2025 } from './tasks.ts';
import { tellWhenDelivered, waitForEnd } from './wait.ts';

const INSTRUCTIONS =
  'A person approves each call of a tool that changes something. While a call is queued it has not run; do not repeat ' +
  'it. proviso_list_actions lists your open calls, and proviso_get_action says what became of one.';
const GATED = 'A person decides about each call. While it is queued it has not run; do not repeat it.';
const LISTED = 50;
/** A list is the agent's own, and may change at any time. */
const LIST_CACHE = { ttlMs: 60_000, cacheScope: 'private' } as const;

const byTask = z.looseObject({ taskId: z.string().max(64) });
const byCursor = z.looseObject({ cursor: z.string().max(1_000).optional() }).optional();

/** A server for one request of one agent. */
export function createGatewayServer(era: 'legacy' | 'modern', session: McpSession): Server {
  const server = new Server(
    { name: `Proviso: ${session.gateway.name}`, version: '0.1.0' },
    {
      capabilities: {
        tools: {},
        resources: {},
        prompts: {},
        ...(era === 'legacy'
          ? { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } }
          : { extensions: { [TASKS_EXTENSION]: {} } }),
      },
      instructions: INSTRUCTIONS,
      cacheHints: { 'tools/list': LIST_CACHE, 'resources/list': LIST_CACHE, 'prompts/list': LIST_CACHE },
    },
  );
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw asProtocolError(session, error);
    });
  handleLists(server, session, guarded);
  if (era === 'legacy') handleTasks2025(server, session, guarded);
  else handleTasks2026(server, session, guarded);
  // The library checks a tool's result against a schema without tasks, so a call is handled as any other method.
  server.fallbackRequestHandler = (request, context) => {
    if (request.method === 'tools/call') return callTool(session, request, context);
    throw new ProtocolError(ProtocolErrorCode.MethodNotFound, 'Method not found');
  };
  return server;
}

type Guarded = <T>(work: () => Promise<T>) => Promise<T>;

function handleLists(server: Server, { ctx, gateway }: McpSession, guarded: Guarded): void {
  server.setRequestHandler('tools/list', () =>
    guarded(async () => {
      const offered = await listOfferedTools(ctx, gateway);
      const own = OWN_TOOLS.map(({ tool }) => tool);
      const theirs = offered.filter(({ name }) => !own.some((tool) => tool.name === name)).map(toolOf);
      return { tools: [...theirs, ...own] };
    }),
  );
  server.setRequestHandler('resources/list', () =>
    guarded(async () => ({ resources: (await listThroughGateway(ctx, gateway, 'resources/list')) as Resource[] })),
  );
  server.setRequestHandler('resources/templates/list', () =>
    guarded(async () => {
      const found = await listThroughGateway(ctx, gateway, 'resources/templates/list');
      return { resourceTemplates: found as unknown as ResourceTemplateType[] };
    }),
  );
  server.setRequestHandler('resources/read', ({ params: { uri } }) =>
    guarded(async () => (await readGatewayResource(ctx, gateway, uri)) as never),
  );
  server.setRequestHandler('prompts/list', () =>
    guarded(async () => ({ prompts: (await listThroughGateway(ctx, gateway, 'prompts/list')) as Prompt[] })),
  );
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: given = {} } }) =>
    guarded(async () => (await getGatewayPrompt(ctx, gateway, { prompt: name, given })) as never),
  );
}

/** The annotations say what a person decided, not what the server claims. */
const toolOf = ({ access, description, inputSchema, ...words }: OfferedTool): Tool => ({
  ...words,
  inputSchema: inputSchema as Tool['inputSchema'],
  annotations: { readOnlyHint: access === 'read' },
  ...(access === 'read'
    ? { ...(description !== undefined && { description }) }
    : { description: description ? `${description}\n${GATED}` : GATED, execution: { taskSupport: 'optional' } }),
});

function handleTasks2025(server: Server, session: McpSession, guarded: Guarded): void {
  const { ctx, gateway } = session;
  server.setRequestHandler('tasks/get', { params: byTask }, ({ taskId }) =>
    guarded(async () => task2025(await getOwnCall(ctx, taskId))),
  );
  server.setRequestHandler('tasks/result', { params: byTask }, ({ taskId }) =>
    guarded(async () => {
      let row = await getOwnCall(ctx, taskId);
      while (!isTerminal(row.status) && !session.gone.aborted) {
        const before = performance.now();
        row = await waitForEnd(session, row);
        if (!isTerminal(row.status) && performance.now() - before < session.waitMs / 2)
          throw new ProtocolError(ProtocolErrorCode.InternalError, 'Too many requests wait. Poll tasks/get instead.');
      }
      tellWhenDelivered(session, row);
      const { _meta, ...result } = endedResult(row);
      return { ...result, _meta: { ..._meta, [RELATED_TASK_META_KEY]: { taskId } } };
    }),
  );
  server.setRequestHandler('tasks/list', { params: byCursor }, (params) =>
    guarded(async () => {
      const { actions, nextCursor } = await listActions(ctx, {
        agent_id: gateway.agentId,
        type: 'mcp_tool_call',
        limit: String(LISTED),
        ...(params?.cursor !== undefined && { cursor: params.cursor }),
      });
      return { tasks: actions.map(task2025), ...(nextCursor && { nextCursor }) };
    }),
  );
  server.setRequestHandler('tasks/cancel', { params: byTask }, ({ taskId }) =>
    guarded(async () => {
      const row = await getOwnCall(ctx, taskId);
      const cancelled = await cancelAction({ ...ctx, via: 'mcp' }, row.id, {}).catch((error: unknown) => {
        throw isTooLate(error) ? new ProtocolError(ProtocolErrorCode.InvalidParams, (error as Error).message) : error;
      });
      return task2025(cancelled);
    }),
  );
}

function handleTasks2026(server: Server, session: McpSession, guarded: Guarded): void {
  const { ctx } = session;
  const assertDeclared = (context: ServerContext): void => {
    if (speaksTasks(context)) return;
    throw new MissingRequiredClientCapabilityError({
      requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
    });
  };
  server.setRequestHandler('tasks/get', { params: byTask }, ({ taskId }, context) =>
    guarded(async () => {
      assertDeclared(context);
      const row = await getOwnCall(ctx, taskId);
      tellWhenDelivered(session, row);
      return detailedTask2026(row);
    }),
  );
  server.setRequestHandler('tasks/cancel', { params: byTask }, ({ taskId }, context) =>
    guarded(async () => {
      assertDeclared(context);
      const row = await getOwnCall(ctx, taskId);
      await cancelAction({ ...ctx, via: 'mcp' }, row.id, {}).catch((error: unknown) => {
        if (!isTooLate(error)) throw error; // the extension acknowledges a request that comes too late
      });
      return {};
    }),
  );
  server.setRequestHandler('tasks/update', { params: byTask }, ({ taskId }, context) =>
    guarded(async () => {
      assertDeclared(context);
      await getOwnCall(ctx, taskId); // an action never asks for input
      return {};
    }),
  );
}
