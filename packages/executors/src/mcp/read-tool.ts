import { mcpConfig, mcpCredentials, type JsonObject, type JsonValue } from '@proviso/contracts';
import { AppError, checkSchema, inputFault, type LookupContext } from '@proviso/core/executor';
import type { ExecutorSettings } from '../settings.ts';
import type { McpParams } from './params.ts';
import { inSession, LoginRefused, type McpAccount, type ServerTool } from './session.ts';

const READ_TIMEOUT_MS = 15_000;
export const SCHEMA_BYTES_MAX = 64 * 1024;
const LEVELS_MAX = 100;

const invalid = (path: string, message: string): AppError =>
  new AppError('INVALID', `${path}: ${message}.`, [{ path, message }]);

/** The account of an identity, parsed by its schemas; null = its configuration is invalid. */
export function accountOf(
  identity: LookupContext['identity'],
  credentials: JsonObject | null,
  more: Pick<McpAccount, 'settings' | 'signal'>,
): McpAccount | null {
  const config = mcpConfig.safeParse(identity?.config);
  const secret = credentials === null ? null : mcpCredentials.safeParse(credentials);
  if (!config.success || secret?.success === false) return null;
  return { config: config.data, credentials: secret?.data ?? null, ...more };
}

/**
 * The tool as its server defines it now, with arguments that fit. Throws INVALID if there is no such tool or they do
 * not fit, and UNAVAILABLE if the server cannot be reached.
 */
export async function readTool(params: McpParams, ctx: LookupContext, settings: ExecutorSettings): Promise<JsonObject> {
  const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
  const account = accountOf(ctx.identity, await ctx.openCredentials(), { settings, signal });
  if (!account) throw invalid('identity_id', 'has no valid configuration');
  const { tools, odd } = await toolsOf(account);
  const tool = tools.find(({ name }) => name === params.tool);
  const fault = odd.get(params.tool);
  if (!tool && fault !== undefined)
    throw invalid('params.tool', `is not a valid MCP tool definition (${fault}): its server must fix it`);
  if (!tool) throw invalid('params.tool', 'is not a tool of this server');
  const definition = definitionOf(tool);
  const schema = definition.input_schema as JsonObject;
  const untested = await assertFits(params.arguments, { workspaceId: ctx.workspaceId, schema });
  return { definition, ...(untested.length > 0 && { untested }) };
}

async function toolsOf(account: McpAccount) {
  try {
    return await inSession(account, async (session) => ({
      tools: await session.listTools(),
      odd: session.invalidTools(),
    }));
  } catch (error) {
    if (error instanceof LoginRefused)
      throw invalid(
        'identity_id',
        `${error.message}: set its credentials again with PATCH /v1/identities/{identity_id}`,
      );
    throw new AppError('UNAVAILABLE', 'The tools of the MCP server cannot be listed. Try again later.');
  }
}

/** The parts of a tool's definition that are shown, safe to store. Throws INVALID if it is nested too deeply. */
export function definitionOf({ name, title, description, inputSchema, annotations }: ServerTool): JsonObject {
  const parts = { name, title, description, input_schema: inputSchema, annotations };
  return sanitizeDefinition(JSON.parse(JSON.stringify(parts)) as JsonValue, 1) as JsonObject; // drops absent fields
}

function sanitizeDefinition(value: JsonValue, level: number): JsonValue {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD').toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (level > LEVELS_MAX) throw invalid('params.tool', `has a definition of more than ${LEVELS_MAX} levels`);
  if (Array.isArray(value)) return value.map((one) => sanitizeDefinition(one, level + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      sanitizeDefinition(key, level) as string,
      sanitizeDefinition(one, level + 1),
    ]),
  );
}

/** Returns the parts of the schema that cannot be checked. Throws INVALID if the rest refuses the arguments. */
async function assertFits(given: JsonObject, own: { workspaceId: string; schema: JsonObject }): Promise<string[]> {
  if (Buffer.byteLength(JSON.stringify(own.schema)) > SCHEMA_BYTES_MAX)
    throw invalid('params.tool', `has an input schema larger than ${SCHEMA_BYTES_MAX} bytes`);
  const { fault: unfit, untested } = await checkSchema(own);
  if (unfit !== undefined) return [`it ${unfit}`];
  const fault = await inputFault(own, given);
  if (fault) throw invalid(['params', 'arguments', ...fault.path].join('.'), fault.message);
  return untested;
}

/** The result of `readCurrent`. */
export interface CurrentTool {
  definition?: Definition;
  untested?: string[];
}

export type Definition = {
  name: string;
  title?: string;
  description?: string;
  annotations?: JsonValue;
  input_schema?: JsonValue;
};
