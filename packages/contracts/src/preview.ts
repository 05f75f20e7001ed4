import { z } from 'zod';
import { jsonValue } from './json.ts';

/** What a reviewer sees. The executor renders it from the effective params, never from an agent's prose. */
export const preview = z
  .object({
    title: z.string().describe('What kind of thing will be done, and to whom.'),
    summary: z
      .string()
      .optional()
      .describe(
        'What will happen, in one line for a list: from what will run, never from an agent’s words. Absent from previews that an earlier version rendered.',
      ),
    fields: z
      .array(
        z.object({
          label: z
            .string()
            .describe(
              'The label: the service’s own words, or a name that somebody chose, such as properties["title"].',
            ),
          value: jsonValue.describe('What it will be.'),
          before: jsonValue.optional().describe('What it was when the preview was rendered.'),
        }),
      )
      .describe('The input of the action.'),
    body: z
      .union([
        z.object({ text: z.string().describe('As plain text.') }),
        z.object({ html: z.string().describe('As HTML.') }),
      ])
      .optional()
      .describe('The whole text that somebody will read.'),
    warnings: z.array(z.string()).optional().describe('What to check before deciding.'),
  })
  .meta({
    id: 'Preview',
    description:
      'What a reviewer sees, rendered by the service from the params: everything that is sent, and where it goes. Text that the service adds is between ⟨ and ⟩, such as ⟨U+200B⟩ for an invisible character; ⏎ is a line break.',
  });
export type Preview = z.output<typeof preview>;
