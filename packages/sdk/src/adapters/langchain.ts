// Structured tools of @langchain/core, 1.0 and later.
import type { JsonObject } from '@proviso/contracts';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { StructuredToolInterface } from '@langchain/core/tools';
import { describeGated, isRead, previewFor, type GateSet } from '../gate/gate-set.ts';
import { propose } from '../gate/propose.ts';
import { gatedForm, originalOf } from '../gate/tool.ts';
import type { HostedTool } from '../host/tool-host.ts';
import { validate } from './validate.ts';

interface Config {
  toolCall?: { id?: string; args?: unknown };
  signal?: AbortSignal;
}

/** Gates tools, for `createAgent` and tool nodes. */
export const gateTools = <T extends StructuredToolInterface>(tools: readonly T[], gate: GateSet): T[] =>
  tools.map((tool) => (isRead(gate, tool.name) ? tool : gateTool(tool, gate)));

/** Replaces only what the tool does: schema, callbacks and the form of its messages stay. */
function gateTool<T extends StructuredToolInterface>(tool: T, gate: GateSet): T {
  const description = describeGated(tool.description);
  const own = {
    description,
    responseFormat: 'content',
    async _call(parsed: unknown, _manager: unknown, config: Config = {}): Promise<string> {
      // as the model gave it; it is parsed again before it runs
      const input = (config.toolCall?.args ?? parsed) as JsonObject;
      const { signal, toolCall } = config;
      const call = { toolName: tool.name, input, callId: toolCall?.id, signal, source: config };
      return JSON.stringify(await propose(gate, call, previewFor(gate, tool.name)));
    },
  };
  return gatedForm(Object.assign(Object.create(tool) as T, own), tool);
}

/**
 * The original tools, gated or not, for `toolHost`. Input that a schema such as zod's refuses does not run. They get
 * `config`, because the host does not have the agent's, which ran elsewhere.
 */
export const hostTools = (tools: readonly StructuredToolInterface[], config?: RunnableConfig): HostedTool[] =>
  tools.map((gatedTool) => {
    const tool = originalOf(gatedTool);
    return {
      name: tool.name,
      async execute(input: unknown) {
        await validate(tool.schema, input);
        return tool.invoke(input as never, config);
      },
    };
  });
