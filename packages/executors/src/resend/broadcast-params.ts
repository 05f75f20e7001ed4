import { strictFields, plainText } from '@proviso/contracts';
import { z } from 'zod';
import { contentFields, hasContent } from './content.ts';

export const broadcastParams = strictFields({
  ...contentFields,
  segment_id: z
    .uuid()
    .describe('The recipients, by the segment’s id at Resend. Resend skips people who have unsubscribed there.'),
  segment_name: z.string().optional().describe('What Resend calls it.'),
  name: plainText(100).min(1).optional().describe('A name for people at Resend; the subject by default.'),
  preview_text: plainText(500)
    .min(1)
    .optional()
    .describe('The preview text that mail programs show after the subject.'),
  send: z.boolean().optional().describe('True sends it at once to the whole segment. By default it stays a draft.'),
})
  .refine(hasContent, { path: ['text'], message: 'required without html' })
  .meta({
    description: 'Creates a broadcast to a segment at Resend, and sends it if `send` is true.',
    examples: [
      { segment_id: '78261eea-8f8b-4381-83c6-79fa7120f1cf', subject: 'News in January', text: 'The engine runs.' },
    ],
  });
export type BroadcastParams = z.output<typeof broadcastParams>;
