import type { JsonObject } from '@proviso/contracts';

/** A write changes something outside. A tool that declares nothing is a write. */
export type Access = 'read' | 'write';

/** A tool, whatever framework calls it. */
export interface Tool<Input = unknown, Output = unknown> {
  name: string;
  description?: string | undefined;
  execute(input: Input, call?: ToolCall): Output | Promise<Output>;
}

/** One call of a tool. */
export interface ToolCall {
  /** The model's id of the call: a call that comes again with it is the same call. */
  callId?: string | undefined;
  signal?: AbortSignal | undefined;
  /** What the framework passed to the tool, for `context` to read. */
  source?: unknown;
  /** The approved action, if the tool host calls. */
  action?: ApprovedAction | undefined;
}

export interface ApprovedAction {
  actionId: string;
  workspaceId: string;
  missionId: string | null;
  sessionId: string | null;
}

/** A call of a tool by its name. */
export interface NamedCall extends ToolCall {
  toolName: string;
  input: JsonObject;
}

const originals = new WeakMap<object, object>();

/** Records which tool another one is the gated form of. */
export function gatedForm<Gated extends object>(gated: Gated, original: object): Gated {
  originals.set(gated, original);
  return gated;
}

/** The tool before it was gated; a tool that was not gated, itself. */
export const originalOf = <T extends object>(tool: T): T => (originals.get(tool) as T | undefined) ?? tool;
