import { strictFields, jsonObject, plainText } from '@proviso/contracts';
import type { z } from 'zod';

export const mcpParams = strictFields({
  tool: plainText(128).min(1),
  /** By the tool's own input schema. */
  arguments: jsonObject.default({}),
});
export type McpParams = z.output<typeof mcpParams>;
