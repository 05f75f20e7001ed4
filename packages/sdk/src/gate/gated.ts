import type { JsonObject } from '@proviso/contracts';
import type { Answer } from './answer.ts';
import { propose, type RenderPreview, type Gate } from './propose.ts';
import { gatedForm, type Access, type Tool, type ToolCall } from './tool.ts';

export interface GateOptions<Input, A extends Access = Access> extends Gate {
  access: A;
  preview?: RenderPreview<Input>;
}

export interface GatedTool<Input, Output> extends Tool<Input, Output> {
  execute(input: Input, call?: ToolCall): Promise<Output>;
  /** The original tool, which acts at once. */
  original: Tool<Input>;
}

/** The gated tool: a read runs; a write is proposed, and its answer is the state of the proposal. */
export function gated<Input extends object, Output, A extends Access>(
  tool: Tool<Input, Output>,
  { access, preview, ...gate }: GateOptions<Input, A>,
): GatedTool<Input, A extends 'read' ? Output : Answer> {
  const execute = async (input: Input, call: ToolCall = {}): Promise<Output | Answer> =>
    access === 'read'
      ? tool.execute(input, call)
      : propose(gate, { ...call, toolName: tool.name, input: input as JsonObject }, preview);
  const { name, description } = tool;
  return gatedForm({ name, description, execute, original: tool }, tool) as GatedTool<
    Input,
    A extends 'read' ? Output : Answer
  >;
}
