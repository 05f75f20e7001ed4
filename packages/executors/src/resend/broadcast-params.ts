import { strictFields, plainText } from '@proviso/contracts';
import { z } from 'zod';
import { contentFields, hasContent } from './content.ts';

export const broadcastParams = strictFields({
  ...contentFields,
  segment_id: z.uuid(),
  segment_name: z.string().optional(),
  /** For people at Resend; the subject when absent. */
  name: plainText(100).min(1).optional(),
  preview_text: plainText(500).min(1).optional(),
  send: z.boolean().optional(),
}).refine(hasContent, { path: ['text'], message: 'required without html' });
export type BroadcastParams = z.output<typeof broadcastParams>;
