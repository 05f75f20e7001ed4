import { strictFields, jsonObject, plainText } from '@proviso/contracts';
import type { z } from 'zod';

export const mcpParams = strictFields({
  tool: plainText(128).min(1).describe('The name of the tool, as its server lists it.'),
  arguments: jsonObject.default({}).describe('The arguments, as the tool’s own input schema describes.'),
}).meta({
  description: 'Calls a tool of an MCP server.',
  examples: [{ tool: 'create_issue', arguments: { title: 'The engine stops' } }],
});
export type McpParams = z.output<typeof mcpParams>;
