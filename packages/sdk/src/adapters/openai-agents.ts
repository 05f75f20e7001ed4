// Function tools of @openai/agents, 0.20 and later.
import type { JsonObject } from '@proviso/contracts';
import type { FunctionTool, RunContext } from '@openai/agents';
import { describeGated, isRead, previewFor, type GateSet } from '../gate/gate-set.ts';
import { propose } from '../gate/propose.ts';
import { gatedForm, originalOf } from '../gate/tool.ts';
import { ToolRefused, type HostedTool } from '../host/tool-host.ts';

/** A FunctionTool of any context, parameters and result. */
type AnyFunctionTool = Pick<FunctionTool, 'type' | 'name' | 'description'> & {
  invoke(context: never, input: string, details?: CallDetails): Promise<unknown>;
  errorFunction?: ((context: never, error: never, details?: never) => unknown) | null;
};
interface CallDetails {
  toolCall?: { callId: string };
  signal?: AbortSignal;
}

/** Gates function tools, for an `Agent`. */
export const gateTools = <T extends AnyFunctionTool>(tools: readonly T[], gate: GateSet): T[] =>
  tools.map((tool) => (isRead(gate, tool.name) ? tool : gateTool(tool, gate)));

function gateTool<T extends AnyFunctionTool>(tool: T, gate: GateSet): T {
  const invoke = async (context: RunContext, text: string, details?: CallDetails): Promise<unknown> => {
    try {
      const input = JSON.parse(text) as JsonObject;
      const { name: toolName } = tool;
      const { signal, toolCall } = details ?? {};
      const call = { toolName, input, callId: toolCall?.callId, signal, source: context };
      return await propose(gate, call, previewFor(gate, toolName));
    } catch (error) {
      if (!tool.errorFunction || details?.signal?.aborted) throw error;
      return tool.errorFunction(context as never, error as never, details as never);
    }
  };
  // Drops the tool's symbols: one of them checks its output by a schema that an answer of the gate does not fit.
  const { outputSchema: _, ...shown } = Object.fromEntries(Object.entries(tool));
  return gatedForm({ ...shown, description: describeGated(tool.description), invoke } as unknown as T, tool);
}

/**
 * The original tools, gated or not, for `toolHost`; they run in the given context. A hosted tool needs `errorFunction:
 * null`: with any other, its failure would look like its result.
 */
export const hostTools = (tools: readonly AnyFunctionTool[], context: RunContext): Promise<HostedTool[]> =>
  Promise.all(
    tools.map(async (gatedTool) => {
      const tool = originalOf(gatedTool);
      const invoke = (text: string): Promise<unknown> => tool.invoke(context as never, text);
      if (!(await throws(() => invoke(UNREADABLE))))
        throw new TypeError(`${tool.name} needs errorFunction: null, so that a failure can be told from a result.`);
      return { name: tool.name, execute: (input: unknown) => invoke(JSON.stringify(input)).catch(refuseUnread) };
    }),
  );

/** Invalid JSON never reaches the tool, and shows how the tool reports a failure. */
const UNREADABLE = '{';

const throws = (call: () => Promise<unknown>): Promise<boolean> =>
  call().then(
    () => false,
    () => true,
  );

/** An input that the tool's schema refused (InvalidToolInputError) did not run. */
function refuseUnread(error: unknown): never {
  if (error instanceof Error && 'toolInvocation' in error) throw new ToolRefused(error.message);
  throw error;
}
