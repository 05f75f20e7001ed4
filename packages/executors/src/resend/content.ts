import { plainText, type Preview } from '@proviso/contracts';
import sanitizeHtml from 'sanitize-html';
import { z } from 'zod';
import { mailbox } from '../email/addresses.ts';
import { addresses, subjectLine } from '../email/params.ts';
import { row } from '../row.ts';

/** What every e-mail through Resend has, to one reader or to a segment. */
export const contentFields = {
  from: z
    .string()
    .max(320)
    .refine((text) => mailbox(text) !== null, 'must be one sender, such as Ada <ada@example.com>')
    .optional(),
  subject: subjectLine,
  text: plainText(200_000).min(1).optional(),
  html: plainText(200_000).min(1).optional(),
  reply_to: addresses.optional(),
};

export type Content = Pick<z.output<z.ZodObject<typeof contentFields>>, 'text' | 'html'>;

export const hasContent = ({ text, html }: Content): boolean => text !== undefined || html !== undefined;

/** The parts as the client takes them: at least one of them is there, which is what its type asks for. */
export const contentOf = ({ text, html }: Content): { text: string; html?: string } =>
  ({ ...(text !== undefined && { text }), ...(html !== undefined && { html }) }) as { text: string };

/** What is read: the HTML without what could load or run, and beside it both parts as they are sent. */
export function shownContent({ text, html }: Content): Pick<Preview, 'fields' | 'body'> {
  if (html === undefined) return { fields: [], body: { text: text ?? '' } };
  return { fields: [...row('Text', text ?? ''), ...row('HTML', html)], body: { html: sanitizeHtml(html, READABLE) } };
}

export const contentWarnings = ({ html }: Content): string[] =>
  html === undefined ? [] : ['The HTML is shown without images, styles and scripts; it is sent as it is given.'];

const READABLE: sanitizeHtml.IOptions = {
  allowedTags:
    'a b i u em strong p br hr div span h1 h2 h3 h4 ul ol li code pre blockquote table thead tbody tr th td'.split(' '),
  allowedAttributes: { a: ['href'] },
  allowedSchemes: ['http', 'https', 'mailto'],
};
