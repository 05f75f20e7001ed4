import { z } from 'zod';
import { jsonValue } from './json.ts';

/** What a reviewer sees, drawn by the executor from the effective params and never from an agent's prose. */
export const preview = z
  .object({
    title: z.string().describe('What will be done, in a line.'),
    fields: z
      .array(
        z.object({
          label: z
            .string()
            .describe(
              'What it is: words of the service’s, or a name that somebody chose, such as properties["title"].',
            ),
          value: jsonValue.describe('What it will be.'),
          before: jsonValue.optional().describe('What it was when the card was drawn.'),
        }),
      )
      .describe('What it will be done with.'),
    body: z
      .union([
        z.object({ text: z.string().describe('As plain text.') }),
        z.object({ html: z.string().describe('As HTML.') }),
      ])
      .optional()
      .describe('The text that somebody will read, whole.'),
    warnings: z.array(z.string()).optional().describe('What to look at before deciding.'),
  })
  .meta({
    id: 'Preview',
    description:
      'What a reviewer sees, drawn by the service from the params: all that goes over the wire, and where it goes. What the service adds to a text is between ⟨ and ⟩, such as ⟨U+200B⟩ for a character that shows nothing; a line break in a line is ⏎.',
  });
export type Preview = z.output<typeof preview>;
