// Tools of the Vercel AI SDK, 6 and later.
import type { JsonObject } from '@proviso/contracts';
import type { Tool, ToolSet } from 'ai';
import type { Answer } from '../gate/answer.ts';
import { describeGated, isRead, previewFor, type GateSet } from '../gate/gate-set.ts';
import { propose } from '../gate/propose.ts';
import { gatedForm, originalOf } from '../gate/tool.ts';
import type { HostedTool } from '../host/tool-host.ts';
import { validate } from './validate.ts';

/** The same tools; a gated one may answer with the state of its proposal instead. */
export type GatedTools<Tools extends ToolSet> = {
  [Name in keyof Tools]: Tools[Name] extends Tool<infer Input, infer Output>
    ? Tool<Input, Output | Answer>
    : Tools[Name];
};

interface CallOptions {
  toolCallId: string;
  messages: [];
  abortSignal?: AbortSignal;
  experimental_context?: unknown;
}
type Execute = (input: unknown, options: CallOptions) => unknown;

/** Gates a set of tools, for `generateText`, `streamText` and agents. */
export function gateTools<Tools extends ToolSet>(tools: Tools, gate: GateSet): GatedTools<Tools> {
  const gated = Object.entries(tools).map(([name, tool]) => [
    name,
    isRead(gate, name) ? tool : gateTool(name, tool, gate),
  ]);
  return Object.fromEntries(gated) as GatedTools<Tools>;
}

function gateTool(name: string, tool: ToolSet[string], gate: GateSet): object {
  if (!tool.execute)
    throw new TypeError(`${name} has no execute function: a tool that runs elsewhere cannot be gated here.`);
  const { outputSchema: _schema, toModelOutput: _shown, ...rest } = tool as Record<string, unknown>;
  const execute: Execute = (input, source) =>
    propose(
      gate,
      { toolName: name, input: input as JsonObject, callId: source.toolCallId, signal: source.abortSignal, source },
      previewFor(gate, name),
    );
  return gatedForm({ ...rest, description: describeGated(tool.description), execute }, tool);
}

export interface HostOptions {
  /** What the tools read as `experimental_context`: the host does not have the agent's, which ran elsewhere. */
  context?: unknown;
}

/**
 * The original tools, gated or not, for `toolHost`. Input that their schema refuses does not run. Throws TypeError for
 * a tool that reads `experimental_context` if `context` is not given.
 */
export const hostTools = (tools: ToolSet, options: HostOptions = {}): HostedTool[] =>
  Object.entries(tools).flatMap(([name, tool]) => {
    const { execute, inputSchema } = originalOf(tool) as { execute?: Execute; inputSchema?: unknown };
    if (!execute) return [];
    if (!('context' in options) && READS_CONTEXT.test(Function.prototype.toString.call(execute)))
      throw new TypeError(`${name} reads experimental_context. Pass it here: hostTools(tools, { context }).`);
    const { context: experimental_context } = options;
    return {
      name,
      execute: async (input: unknown, call?: { callId?: string | undefined }) =>
        lastOf(
          await execute(await validate(inputSchema, input), {
            toolCallId: call?.callId ?? '',
            messages: [],
            experimental_context,
          }),
        ),
    };
  });

/** Searched for in a function's source. It misses what a build renamed or bound; such a tool then reads undefined. */
const READS_CONTEXT = /\bexperimental_context\b/;

/** A tool that yields progress yields its result last. */
async function lastOf(output: unknown): Promise<unknown> {
  if (typeof output !== 'object' || output === null || !(Symbol.asyncIterator in output)) return output;
  let last: unknown;
  for await (const part of output as AsyncIterable<unknown>) last = part;
  return last;
}
