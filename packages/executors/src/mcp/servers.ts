import { readFileSync } from 'node:fs';
import { z } from 'zod';

const servers = z.strictObject({
  mcpServers: z.record(
    z.string().regex(/^[\w.-]{1,64}$/),
    z.strictObject({
      command: z.string().min(1),
      args: z.array(z.string()).optional(),
      /** In addition to PATH, HOME and the like: the program gets nothing else of this process's environment. */
      env: z.record(z.string(), z.string()).optional(),
      cwd: z.string().optional(),
    }),
  ),
});

/** The programs that the operator allows identities to use, by name. */
export type McpServers = z.output<typeof servers>['mcpServers'];

/**
 * Reads the operator's file of programs, `{ "mcpServers": { name: { command, args?, env?, cwd? } } }`. Throws one
 * sentence.
 */
export function readMcpServers(file: string | undefined): McpServers {
  if (file === undefined) return {};
  try {
    return servers.parse(JSON.parse(readFileSync(file, 'utf8'))).mcpServers;
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`PROVISO_MCP_SERVERS: ${file} is invalid: ${why.replaceAll(/\s+/g, ' ')}`, { cause: error });
  }
}
