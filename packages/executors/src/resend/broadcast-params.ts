import { strictFields, plainText } from '@proviso/contracts';
import { z } from 'zod';
import { contentFields, hasContent } from './content.ts';

export const broadcastParams = strictFields({
  ...contentFields,
  segment_id: z
    .uuid()
    .describe('Who gets it, by the segment’s id at Resend, which leaves out who has unsubscribed there.'),
  segment_name: z.string().optional().describe('What Resend calls it.'),
  name: plainText(100).min(1).optional().describe('For people at Resend; the subject unless given.'),
  preview_text: plainText(500).min(1).optional().describe('What mail programs show beside the subject.'),
  send: z.boolean().optional().describe('True sends it at once to the whole segment. It stays a draft unless given.'),
})
  .refine(hasContent, { path: ['text'], message: 'required without html' })
  .meta({
    description: 'Makes a broadcast to a segment at Resend, and sends it if `send` is true.',
    examples: [
      { segment_id: '78261eea-8f8b-4381-83c6-79fa7120f1cf', subject: 'News in January', text: 'The engine runs.' },
    ],
  });
export type BroadcastParams = z.output<typeof broadcastParams>;
