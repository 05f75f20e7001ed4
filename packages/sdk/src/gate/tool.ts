import type { JsonObject } from '@proviso/contracts';

/** What changes something outside is a write. What is not declared is one too. */
export type Access = 'read' | 'write';

/** A tool, whatever framework calls it. */
export interface Tool<Input = unknown, Output = unknown> {
  name: string;
  description?: string | undefined;
  execute(input: Input, call?: ToolCall): Output | Promise<Output>;
}

/** One call of a tool. */
export interface ToolCall {
  /** The model's id of the call: a call that comes again under it is the same call. */
  callId?: string | undefined;
  signal?: AbortSignal | undefined;
  /** What the framework gave to the tool, for `context` to look at. */
  source?: unknown;
  /** The approved action, when the tool host calls. */
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

/** Notes of which tool another one is the gated form. */
export function gatedForm<Gated extends object>(gated: Gated, original: object): Gated {
  originals.set(gated, original);
  return gated;
}

/** The tool as it was before it was gated; a tool that was not gated, itself. */
export const originalOf = <T extends object>(tool: T): T => (originals.get(tool) as T | undefined) ?? tool;
