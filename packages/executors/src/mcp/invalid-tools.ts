// The protocol's library refuses a whole list because of one invalid tool. This leaves out only that tool, and
// remembers why.
import { specTypeSchemas, type JSONRPCMessage } from '@modelcontextprotocol/client';

/** Why a server's tool is left out, by its name. */
export type InvalidTools = Map<string, string>;

/** Removes invalid tools from an answer that lists tools. An optional part that is null counts as absent. */
export function dropInvalidTools(message: JSONRPCMessage, odd: InvalidTools): void {
  if (!('result' in message)) return;
  const result = message.result as { tools?: unknown };
  if (!Array.isArray(result.tools)) return;
  const whole = result.tools.map((tool: unknown) => withoutNulls(tool));
  result.tools = whole.filter((tool) => {
    const why = faultOf(tool);
    if (why !== undefined) odd.set(nameOf(tool), why);
    return why === undefined;
  });
}

const withoutNulls = (tool: unknown): unknown =>
  typeof tool === 'object' && tool !== null && !Array.isArray(tool)
    ? Object.fromEntries(Object.entries(tool).filter(([, part]) => part !== null))
    : tool;

function faultOf(tool: unknown): string | undefined {
  const checked = specTypeSchemas.Tool['~standard'].validate(tool);
  if (checked instanceof Promise) throw new TypeError('the schema of a tool is synchronous');
  const [issue] = checked.issues ?? [];
  if (!issue) return undefined;
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

function nameOf(tool: unknown): string {
  const { name } = Object(tool) as { name?: unknown };
  return typeof name === 'string' ? name.slice(0, 128) : '(without a name)';
}
