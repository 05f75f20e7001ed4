import { plainText } from '@proviso/contracts';
import { z } from 'zod';
import { mailbox } from '../email/addresses.ts';
import { addresses, subjectLine } from '../email/params.ts';

/** The fields of every e-mail through Resend, to one recipient or to a segment. */
export const contentFields = {
  from: z
    .string()
    .max(320)
    .refine(
      (text) => mailbox(text) !== null,
      'must be one sender, such as Ada <ada@example.com>, without encoded words (=?…?=)',
    )
    .optional()
    .describe('The sender: the identity’s own, or one that it allows. By default the identity’s `from`.'),
  subject: subjectLine.describe('One line.'),
  text: plainText(200_000).min(1).optional().describe('The text, as plain text; required without `html`.'),
  html: plainText(200_000).min(1).optional().describe('The text, as HTML; required without `text`.'),
  reply_to: addresses.optional().describe('The Reply-To: an address or a list. By default the identity’s `reply_to`.'),
};

export type Content = Pick<z.output<z.ZodObject<typeof contentFields>>, 'text' | 'html'>;

export const hasContent = ({ text, html }: Content): boolean => text !== undefined || html !== undefined;

/** The parts in the client's form, whose type requires at least one of them. */
export const contentOf = ({ text, html }: Content): { text: string; html?: string } =>
  ({ ...(text !== undefined && { text }), ...(html !== undefined && { html }) }) as { text: string };
