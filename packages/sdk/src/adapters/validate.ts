import { ToolRefused } from '../host/tool-host.ts';

interface Validating {
  '~standard'?: { validate(input: unknown): unknown };
  validate?(input: unknown): unknown;
}

/** Validates by a Standard Schema such as zod's, by the AI SDK's own, or by a function that creates one of them. */
export async function validate(schema: unknown, input: unknown): Promise<unknown> {
  const lazy = typeof schema === 'function' && !('~standard' in schema);
  const shape = (lazy ? (schema as () => unknown)() : schema) as Validating;
  const seen = (await (shape['~standard'] ?? shape).validate?.(input)) as
    | { value?: unknown; issues?: readonly { message: string }[]; success?: boolean; error?: Error }
    | undefined;
  if (!seen) return input;
  const fault = seen.issues?.[0]?.message ?? seen.error?.message;
  if (fault !== undefined || seen.success === false)
    throw new ToolRefused(fault ?? 'The input does not match the schema of the tool.');
  return seen.value;
}
