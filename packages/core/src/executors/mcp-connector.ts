import type { JsonObject } from '@proviso/contracts';

/** A tool as its server defines it. */
export interface McpTool {
  name: string;
  /** Name, title, description, schemas and annotations, safe to store. */
  definition: JsonObject;
  /** What a call of it means: the definition without its words. `input_schema` has the schema without them. */
  semantics: JsonObject;
}

export interface McpToolList {
  /** Sorted by name. */
  tools: McpTool[];
  /** The names of tools whose definitions are invalid, too large or too deep. */
  omitted: string[];
}

/** What a gateway asks a server for besides tools. */
export const MCP_READ_METHODS = [
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
] as const;
export type McpReadMethod = (typeof MCP_READ_METHODS)[number];

/** One connection to a server. Every method throws AppError; none is repeated. */
export interface McpConnection {
  /** The capabilities that the server declares: `tools`, `resources`, `prompts`. */
  capabilities: JsonObject;
  listTools(): Promise<McpToolList>;
  /** The tool's result as the protocol defines it. Throws INVALID if the server refuses the call. */
  callTool(name: string, given: JsonObject): Promise<JsonObject>;
  read(method: McpReadMethod, params: JsonObject): Promise<JsonObject>;
}

export interface McpConnectorAccount {
  config: JsonObject;
  credentials: JsonObject | null;
  signal: AbortSignal;
  /** Who may use the connection again, one request at a time; absent: nobody. */
  sharedBy?: string;
}

/** How this process connects to MCP servers: with an identity's account, within the operator's limits of egress. */
export interface McpConnector {
  /**
   * Works with a connection, and keeps it for a short time if it may be used again. If a kept one has broken, `work`
   * runs once more with a new one, unless it asked for more than lists. Throws what `work` throws, and AppError if the
   * server cannot be used.
   */
  connect<T>(account: McpConnectorAccount, work: (connection: McpConnection) => Promise<T>): Promise<T>;
  /** Ends the connections that are kept. */
  close(): Promise<void>;
}
