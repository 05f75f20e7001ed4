import { z } from 'zod';
import { jsonObject } from './json.ts';
import { pagination } from './actions.ts';
import { strictFields } from './optional.ts';

const ok = z.literal('success');

export const INPUT_SCHEMA_BYTES_MAX = 64 * 1024;

/** What a workspace may call a tool, and so an action's type. */
export const TOOL_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** `idempotent`: the far side runs a call once, however often it comes with the same `webhook-id`. */
export const createToolBody = strictFields({
  name: z.string().regex(TOOL_NAME, 'must be 1 to 64 letters, digits, dots, underscores or hyphens'),
  url: z.url({ protocol: /^https?$/, error: 'must be an https:// URL' }).max(2_048),
  input_schema: jsonObject.refine(
    (schema) => new TextEncoder().encode(JSON.stringify(schema)).length <= INPUT_SCHEMA_BYTES_MAX,
    `must not exceed ${INPUT_SCHEMA_BYTES_MAX / 1024} KiB`,
  ),
  idempotent: z.boolean().default(false),
}).meta({
  id: 'CreateTool',
  examples: [
    {
      name: 'shop.refund',
      url: 'https://tools.example.com/refund',
      input_schema: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
    },
  ],
});
export type CreateToolBody = z.output<typeof createToolBody>;

/** A workspace's tool without its secret. `version` counts its registrations, and is part of what is approved. */
export const tool = z
  .object({
    name: z.string(),
    version: z.int(),
    url: z.string(),
    input_schema: jsonObject,
    idempotent: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Tool' });
export type Tool = z.output<typeof tool>;

/** The secret is in the first reply only, and nowhere else: null for a new version, and in the replay of an Idempotency-Key. */
export const createdToolReply = z.object({ status: ok, secret: z.string().nullable(), tool });
export const toolReply = z.object({ status: ok, tool });
export const listToolsReply = z.object({ status: ok, tools: z.array(tool), pagination });
