import { z } from 'zod';
import { ok } from './fields.ts';
import { utcTimestamp } from './time.ts';
import { jsonObject } from './json.ts';
import { pagination } from './actions.ts';
import { strictFields } from './optional.ts';

export const INPUT_SCHEMA_BYTES_MAX = 64 * 1024;

/** Valid names of a workspace's tool, and so of an action's type. */
export const TOOL_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** `idempotent`: the provider runs a call once, however often it arrives with the same `webhook-id`. */
export const createToolBody = strictFields({
  name: z
    .string()
    .regex(TOOL_NAME, 'must be 1 to 64 letters, digits, dots, underscores or hyphens')
    .describe('Its name, which is the type of its actions. It must not be a built-in type.'),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
    .max(2_048)
    .describe('The address to call: https, on the public internet, without credentials or a fragment.'),
  input_schema: jsonObject
    .refine(
      (schema) => new TextEncoder().encode(JSON.stringify(schema)).length <= INPUT_SCHEMA_BYTES_MAX,
      `must not exceed ${INPUT_SCHEMA_BYTES_MAX / 1024} KiB`,
    )
    .describe('JSON Schema (2020-12, or draft-07 where `$schema` says so) of the params; at most 64 KiB.'),
  idempotent: z
    .boolean()
    .default(false)
    .describe(
      'True: the tool runs a call only once for the same `webhook-id`, so a call is repeated when its response is lost.',
    ),
}).meta({
  id: 'CreateTool',
  description: 'A tool of the workspace, which defines an action type.',
  examples: [
    {
      name: 'shop.refund',
      url: 'https://tools.example.com/refund',
      input_schema: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
    },
  ],
});

/** A workspace's tool without its secret. `version` counts its registrations, and is part of what is approved. */
export const tool = z
  .object({
    name: z.string().describe('Its name, which is the type of its actions.'),
    version: z.int().describe('The number of its registrations. It is part of what is approved.'),
    url: z.string().describe('The address to call.'),
    input_schema: jsonObject.describe('JSON Schema of the params.'),
    idempotent: z.boolean().describe('Whether a call may be repeated when its response is lost.'),
    created_at: utcTimestamp.describe('When it was first registered.'),
    updated_at: utcTimestamp.describe('When it was last registered.'),
  })
  .meta({ id: 'Tool', description: 'A tool of the workspace, without its secret.' });
export type Tool = z.output<typeof tool>;

/** Only the first reply has the secret: null for a new version, and in the replay of an Idempotency-Key. */
export const createdToolReply = z.object({
  status: ok,
  secret: z
    .string()
    .nullable()
    .describe(
      'The secret that signs calls. Only in the first reply: null for a new version, and in the replay of an Idempotency-Key.',
    ),
  untested: z
    .array(z.string())
    .describe(
      'The parts of `input_schema` that are not validated, in words; each preview says so too. Empty if all of it is.',
    ),
  tool: tool.describe('The tool as it is now.'),
});
export const toolReply = z.object({ status: ok, tool: tool.describe('The tool without its secret.') });
export const toolSchemaReply = z.object({
  status: ok,
  input_schema: jsonObject.describe('JSON Schema of the params.'),
});
export const listToolsReply = z.object({
  status: ok,
  tools: z.array(tool).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});
