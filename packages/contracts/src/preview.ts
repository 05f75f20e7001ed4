import { z } from 'zod';
import { jsonValue } from './json.ts';

/** What a reviewer sees, drawn by the executor from the effective params and never from an agent's prose. */
export const preview = z
  .object({
    title: z.string(),
    fields: z.array(z.object({ label: z.string(), value: jsonValue, before: jsonValue.optional() })),
    body: z.union([z.object({ text: z.string() }), z.object({ html: z.string() })]).optional(),
    warnings: z.array(z.string()).optional(),
  })
  .meta({ id: 'Preview' });
export type Preview = z.output<typeof preview>;
